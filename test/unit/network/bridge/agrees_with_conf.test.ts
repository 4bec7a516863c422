import fc from 'fast-check';
import { readBridgeInitConf } from '../../../../lib/model/conf/bridge_init_conf';
import type { Host } from '../../../../lib/model/host/host';
import { bridgeTarget } from '../../../../lib/plan/bridge_target';
import type { BridgeRequest } from '../../../../lib/network/backend';
import { addSection } from '../../../../lib/network/bridge/edit_conf';
import type { BridgeIntent } from '../../../../lib/network/bridge_intent';
import { bridgeIntents } from '../../../../lib/network/bridge_intents';
import type { Contradiction } from '../../../../lib/network/contradiction';
import { ifupdown2Contradictions } from '../../../../lib/network/ifupdown2/ifupdown2_contradictions';
import { ifupdown2Backend } from '../../../../lib/network/ifupdown2/ifupdown2_backend';
import { readInterfaces } from '../../../../lib/network/ifupdown/read_interfaces';
import { netplanBackend } from '../../../../lib/network/netplan/netplan_backend';
import { networkdBackend } from '../../../../lib/network/networkd/networkd_backend';
import { networkdContradictions } from '../../../../lib/network/networkd/networkd_contradictions';
import { readNetworkd } from '../../../../lib/network/networkd/read_networkd';
import { FakeHost } from '../../fake_host/fake_host';
import { readCase } from '../netplan/read_case';
import { recordedCase } from '../interfaces/recorded_case';
import { recordedHost } from '../networkd/recorded_host';
import { requestOf } from '../request_of';

const FILE = '/hooks/conf/bridge_init.conf';
const BR = 'br0';

/** The lines of a section as a user can write it before the bridge is created. */
const sections = fc
  .record(
    {
      'trunk-pvid': fc.constantFrom('1', '10', 'none'),
      'trunk-tags': fc.constantFrom('auto', '', '100', '100 200-299', '1-4094'),
      'trunk-tags-always': fc.constantFrom('100', '50'),
      'br-pvid': fc.constantFrom('1', '10', 'none'),
      'br-tags': fc.constantFrom('', '100', '100 400', '90-110'),
      'vlan-filtering': fc.constantFrom('yes', 'no'),
      'vlan-protocol': fc.constantFrom('802.1Q', '802.1ad'),
      'default-pvid': fc.constantFrom('none', '1', '10', '999'),
    },
    { requiredKeys: [] },
  )
  .map((keys) => Object.entries(keys).map(([key, value]) => `${key} = ${value}`));

/** bridge_init.conf files: with a section for the bridge, with its keys in [DEFAULT], or with neither. */
const confs = fc.oneof(
  sections.map((lines) => [`[${BR}]`, 'trunk-port = eth0', ...lines, ''].join('\n')),
  sections.map((lines) => ['[DEFAULT]', ...lines, ''].join('\n')),
  fc.constant(''),
);

/** The request with the VLANs of a conf, and what conf wants of the new bridge; null: it was refused. */
function agreed(text: string, of: BridgeRequest): { request: BridgeRequest; intent: BridgeIntent } | null {
  const port = of.port.name;
  const edited = addSection(text, FILE, { bridge: BR, port, needed: of.vlans.map(({ vid }) => vid) });
  if ('problem' in edited) return null;
  const { vlans } = edited;
  const rule = readBridgeInitConf(edited.text, FILE).rules.find(({ bridge }) => bridge === BR);
  if (rule === undefined) throw new Error('the section is missing');
  const host: Host = {
    bridges: new Map([
      [
        BR,
        {
          ...{ name: BR, filtering: true, protocol: '802.1Q' as const },
          ...{
            defaultPvid: vlans.defaultPvid === undefined ? vlans.own.pvid : vlans.defaultPvid,
            vlans: vlans.own,
          },
        },
      ],
    ]),
    ports: new Map([
      [
        port,
        {
          ...{ name: port, bridge: BR, vlans: vlans.trunk, flags: {}, isUp: true, index: 2 },
          ...{ kind: of.port.kind, tunnels: null },
        },
      ],
    ]),
    links: new Map(),
    addresses: [],
  };
  const [intent] = bridgeIntents([bridgeTarget(rule, host, new Map())], host, []);
  if (intent === undefined) throw new Error('there is no intent');
  return { request: { ...of, bridgeVlans: vlans }, intent };
}

/** What `check` finds in files of systemd-networkd, of both kinds of versions. */
function inNetworkd(
  files: Readonly<Record<string, string>>,
  intent: BridgeIntent,
  prefix: string,
): Contradiction[] {
  const host = new FakeHost({ files });
  const read = readNetworkd(host.networkFiles(), [], true);
  if (read === null) throw new Error('systemd-networkd does not run');
  const names = [intent.bridge, ...intent.trunks.keys()];
  const links = new Map(
    names.map((dev) => {
      const unit = read.networks.find(({ name }) => name === `${prefix}${dev}.network`);
      if (unit === undefined) throw new Error(`${dev} has no file`);
      return [dev, unit];
    }),
  );
  return [252, 257].flatMap((version) => networkdContradictions(intent, { ...read, links }, version));
}

async function holds(
  of: BridgeRequest,
  found: (request: BridgeRequest, intent: BridgeIntent) => Promise<unknown[] | null>,
) {
  let made = 0;
  await fc.assert(
    fc.asyncProperty(confs, async (text) => {
      const both = agreed(text, of);
      if (both === null) return;
      const all = await found(both.request, both.intent);
      if (all === null) return;
      made++;
      expect(all).toEqual([]);
    }),
    { numRuns: 300, seed: 1 },
  );
  expect(made).toBeGreaterThan(40);
}

test.each(['252_vlan', '252_static'])('systemd-networkd, %s', async (name) => {
  const { host, ipAddr } = recordedHost(name);
  const io = { files: host.networkFiles(), exec: host.exec };
  const state = await networkdBackend.snapshot(io, 'eth0');
  await holds(requestOf(ipAddr, 'eth0'), (request, intent) => {
    const { change } = networkdBackend.render(state, request);
    const files = Object.fromEntries((change?.kept ?? []).map(({ path, text }) => [path, text ?? '']));
    return Promise.resolve(inNetworkd(files, intent, '05-kvmvlan-'));
  });
});

test.each(['cloud_init_vlan_12', 'cloud_init_static_12'])(
  'netplan for systemd-networkd, %s',
  async (name) => {
    const { io, request: of } = readCase(name);
    const state = await netplanBackend.snapshot(io, 'eth0');
    const generated = {
      '/run/systemd/network/10-netplan-br0.netdev': '[NetDev]\nName=br0\nKind=bridge\n',
      '/run/systemd/network/10-netplan-br0.network': '[Match]\nName=br0\n',
      '/run/systemd/network/10-netplan-eth0.network': '[Match]\nName=eth0\n',
    };
    await holds(of, (request, intent) => {
      const { change } = netplanBackend.render(state, request);
      const files = Object.fromEntries((change?.kept ?? []).map(({ path, text }) => [path, text ?? '']));
      return Promise.resolve(inNetworkd({ ...generated, ...files }, intent, '10-netplan-'));
    });
  },
);

test('ifupdown2', async () => {
  const { host, backend, request: of } = await recordedCase('ifupdown2_cloud_init_static');
  const state = await backend.snapshot({ files: host.networkFiles(), exec: host.exec }, 'eth0');
  await holds(of, (request, intent) => {
    const { change } = ifupdown2Backend.render(state, request);
    if (change === null) return Promise.resolve(null);
    const files = Object.fromEntries(change.kept.map(({ path, text }) => [path, text ?? '']));
    const all = new FakeHost({ files: { ...host.files, ...files } });
    return Promise.resolve(ifupdown2Contradictions(intent, readInterfaces(all.networkFiles())));
  });
});
