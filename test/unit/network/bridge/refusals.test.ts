import type { NetLink } from '../../../../lib/model/network/host_network';
import type { Vid } from '../../../../lib/model/vlan/vid';
import type { PortFacts } from '../../../../lib/network/bridge/port_facts';
import { refusals, type CreateFacts } from '../../../../lib/network/bridge/refusals';
import { address, link, network, route } from '../../plan/network/some_network';

const FACTS: PortFacts = {
  isWifi: false,
  isDsa: false,
  hasSupplicant: false,
  virtualFunctions: 0,
  networkMounts: [],
  machine: 'Dell Inc. PowerEdge R650',
  otherManagers: [],
};

function asked(
  eth0: Partial<NetLink>,
  {
    facts = {},
    others = [],
    ...more
  }: Partial<Omit<CreateFacts, 'facts'>> & { facts?: Partial<PortFacts>; others?: NetLink[] } = {},
): CreateFacts {
  return {
    bridge: 'br0',
    port: 'eth0',
    network: network([link('eth0', { addresses: [address('192.0.2.10/24')], ...eth0 }), ...others]),
    direct: [],
    session: null,
    macsAllowed: false,
    ...more,
    facts: { ...FACTS, ...facts },
  };
}

const codes = (facts: CreateFacts): string[] => refusals(facts).map(({ code }) => code);

test('a NIC of a server', () => {
  expect(refusals(asked({}))).toEqual([]);
});

test('a bond', () => {
  expect(refusals(asked({ kind: 'bond' }))).toEqual([]);
});

test.each<[string, CreateFacts, string]>([
  ['a name that is too long', asked({}, { bridge: 'a-name-of-16-char' }), 'bridge-name'],
  ['a name that is taken', asked({}, { others: [link('br0', { kind: 'bridge' })] }), 'bridge-name'],
  ['no such port', asked({}, { port: 'eth9' }), 'bridge-port-missing'],
  ['a port of a bond', asked({ master: 'bond0', portKind: 'bond' }), 'bridge-port-taken'],
  ['a port of a bridge', asked({ master: 'br1', portKind: 'bridge' }), 'bridge-port-taken'],
  ['a port of Open vSwitch', asked({ master: 'ovs-system', portKind: 'openvswitch' }), 'bridge-port-taken'],
  ['in a VRF', asked({ master: 'vrf1', portKind: 'vrf' }), 'bridge-port-taken'],
  ['Wi-Fi', asked({}, { facts: { isWifi: true } }), 'bridge-wifi'],
  [
    'a VLAN interface',
    asked({ kind: 'vlan', below: 'eno1', vlan: { vid: 5 as Vid, protocol: '802.1Q' } }),
    'bridge-unsupported',
  ],
  ['a tunnel', asked({ kind: 'tun', type: 'none' }), 'bridge-unsupported'],
  ['a team', asked({ kind: 'team' }), 'bridge-unsupported'],
  ['a bridge', asked({ kind: 'bridge' }), 'bridge-unsupported'],
  ['802.1X', asked({}, { facts: { hasSupplicant: true } }), 'bridge-unsupported'],
  ['DSA', asked({}, { facts: { isDsa: true } }), 'bridge-unsupported'],
  ['XDP', asked({ hasXdp: true }), 'bridge-unsupported'],
  [
    'macvtap',
    asked({}, { others: [link('macvtap0', { kind: 'macvtap', below: 'eth0' })] }),
    'bridge-port-shared',
  ],
  [
    'a VLAN interface that is a port of a bridge',
    asked(
      {},
      {
        others: [
          link('eth0.5', {
            kind: 'vlan',
            below: 'eth0',
            master: 'br5',
            vlan: { vid: 5 as Vid, protocol: '802.1Q' },
          }),
        ],
      },
    ),
    'bridge-port-shared',
  ],
  ['the root on NFS', asked({}, { facts: { networkMounts: ['/ (nfs4)'] } }), 'bridge-root-on-network'],
  ['Proxmox VE', asked({}, { facts: { otherManagers: ['Proxmox VE'] } }), 'bridge-other-manager'],
  ['wicked', asked({}, { facts: { otherManagers: ['wicked'] } }), 'bridge-other-manager'],
  ['a provider', asked({}, { facts: { machine: 'Hetzner vServer' } }), 'bridge-provider'],
  ['a single address', asked({ addresses: [address('192.0.2.10/32')] }), 'bridge-provider'],
  [
    'a session through a VPN',
    asked({}, { session: 'wg0', others: [link('wg0', { kind: 'wireguard', type: 'none' })] }),
    'bridge-session',
  ],
])('%s is refused', (_, facts, code) => {
  expect(codes(facts)).toEqual([code]);
  for (const { message, hint } of refusals(facts)) expect(`${message} ${hint}`).not.toMatch(/undefined|null/);
});

test('a gateway outside of the network is that of a provider', () => {
  const facts = asked({});
  const routes = [route('default', '198.51.100.1', 'eth0', { onlink: true })];
  expect(codes({ ...facts, network: { ...facts.network, routes } })).toEqual(['bridge-provider']);
  expect(codes({ ...facts, network: { ...facts.network, routes }, macsAllowed: true })).toEqual([]);
});

test('a gateway in the network is none, although ifupdown calls every gateway onlink', () => {
  const facts = asked({});
  const routes = [route('default', '192.0.2.1', 'eth0', { onlink: true })];
  expect(codes({ ...facts, network: { ...facts.network, routes } })).toEqual([]);
});

test('guests that use the port directly are named', () => {
  const facts = asked(
    {},
    { direct: ['web1', 'db1'], others: [link('macvtap0', { kind: 'macvtap', below: 'eth0' })] },
  );
  expect(refusals(facts)[0]?.message).toBe(
    'guests web1, db1 use eth0 directly (macvtap); then it cannot be the port of a bridge.',
  );
});

test('all reasons are given at once', () => {
  expect(codes(asked({ hasXdp: true }, { bridge: 'eth0', facts: { networkMounts: ['iSCSI'] } }))).toEqual([
    'bridge-name',
    'bridge-unsupported',
    'bridge-root-on-network',
  ]);
});
