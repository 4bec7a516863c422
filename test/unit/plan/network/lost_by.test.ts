import type { HostNetwork } from '../../../../lib/model/network/host_network';
import { describeLost } from '../../../../lib/plan/network/describe_lost';
import { lostBy } from '../../../../lib/plan/network/lost_by';
import { planReplay } from '../../../../lib/plan/network/plan_replay';
import { address, link, network, route } from './some_network';

const ADDRESSES = [
  address('192.0.2.10/24'),
  address('2001:db8::10/64'),
  address('2001:db8::1234/64', { isTemporary: true, isDynamic: true }),
  address('fe80::1/64', { scope: 'link' }),
];
const VLAN = { vid: 200, protocol: '802.1Q' } as NonNullable<ReturnType<typeof link>['vlan']>;
const RULE = {
  family: 4,
  priority: 100,
  devs: ['eth0'],
  text: '{"priority":100,"src":"192.0.2.10","iif":"eth0","table":"100"}',
} as const;

/** All that a host has, on the interface `dev`. */
function on(dev: string, vlanBelow = dev): HostNetwork {
  return network(
    [
      link(dev, { addresses: ADDRESSES, mtu: 9000 }),
      link('eth0.200', {
        kind: 'vlan',
        below: vlanBelow,
        vlan: VLAN,
        addresses: [address('203.0.113.10/24')],
      }),
      ...(dev === 'br0' ? [link('eth0', { master: 'br0', portKind: 'bridge' })] : []),
    ],
    {
      routes: [
        route('192.0.2.0/24', null, dev, { protocol: 'kernel' }),
        route('default', '192.0.2.1', dev, { metric: dev === 'br0' ? 425 : 100 }),
        route('198.51.100.0/24', '192.0.2.254', dev),
        route('default', '203.0.113.1', 'eth0.200', { table: '100' }),
      ],
      rules: [{ ...RULE, devs: [dev], text: RULE.text.replace('eth0', dev) }],
      linkDns: new Map([[dev, { servers: ['192.0.2.53'], domains: ['example.net'] }]]),
      resolvConf: 'nameserver 198.51.100.53\nsearch lab.example.net\n',
    },
  );
}

const MOVE = { from: 'eth0', to: 'br0', vlans: ['eth0.200'] };

test('a move that loses nothing', () => {
  expect(lostBy(on('eth0'), on('br0'), MOVE)).toEqual([]);
});

test('a gateway with the protocol of the kernel, as ifupdown2 sets it', () => {
  const via = route('default', '192.0.2.1', 'eth0', { protocol: 'kernel', onlink: true });
  const of = (routes: (typeof via)[]) => network([link('eth0'), link('br0')], { routes });
  expect(lostBy(of([via]), of([]), MOVE)).toEqual([{ kind: 'route', dev: 'br0', route: via }]);
  expect(lostBy(of([via]), of([{ ...via, dev: 'br0' }]), MOVE)).toEqual([]);
});

test('link-local name servers are reached through the other interface then', () => {
  const servers = (dev: string, index: number, resolvConf: string) =>
    network([link(dev, { index })], {
      linkDns: new Map([[dev, { servers: [`fe80::1%${index}`], domains: [] }]]),
      resolvConf: `nameserver fe80::2%${resolvConf}\n`,
    });
  expect(lostBy(servers('eth0', 2, 'eth0'), servers('br0', 7, 'br0'), MOVE)).toEqual([]);
  expect(lostBy(servers('eth0', 2, 'eth0'), servers('br0', 7, 'eth0'), MOVE)).toEqual([
    { kind: 'name-server', server: 'fe80::2%br0' },
  ]);
});

test('back again', () => {
  expect(lostBy(on('br0'), on('eth0'), { from: 'br0', to: 'eth0', vlans: ['eth0.200'] })).toEqual([]);
});

test('everything that is lost is named', () => {
  const after = network([link('br0', { mac: '02:00:00:00:00:01', mtu: 1500 })]);
  expect(lostBy(on('eth0'), after, MOVE).map(describeLost)).toEqual([
    'the address 192.0.2.10/24 on br0',
    'the address 2001:db8::10/64 on br0',
    'the address 203.0.113.10/24 on eth0.200',
    'the route to default via 192.0.2.1 on br0',
    'the route to 198.51.100.0/24 via 192.0.2.254 on br0',
    'the route to default via 203.0.113.1 on eth0.200',
    'the policy rule {"priority":100,"src":"192.0.2.10","iif":"br0","table":"100"}',
    'the name server 192.0.2.53',
    'the name server 198.51.100.53',
    'the search domain example.net',
    'the search domain lab.example.net',
    'the MAC address of br0 (02:00:00:00:00:01 instead of 52:54:00:aa:bb:cc)',
    'the MTU of br0 (1500 instead of 9000)',
  ]);
});

test('an address that is not usable yet has not arrived', () => {
  const before = network([link('eth0', { addresses: [address('2001:db8::10/64')] })]);
  const after = network([link('br0', { addresses: [address('2001:db8::10/64', { isUnusable: true })] })]);
  expect(lostBy(before, after, MOVE)).toEqual([{ kind: 'address', dev: 'br0', address: '2001:db8::10/64' }]);
});

describe('ip gives back what the network manager did not', () => {
  test('from a bridge that has everything', () => {
    const now = on('br0');
    expect(planReplay(on('eth0'), now, MOVE, 'br0').map((words) => words.join(' '))).toEqual([
      'link del br0',
      'link set eth0 nomaster',
      'link set eth0 up',
      'addr replace 192.0.2.10/24 dev eth0',
      'addr replace 2001:db8::10/64 dev eth0',
      '-4 route replace default via 192.0.2.1 dev eth0 table main metric 100',
      '-4 route replace 198.51.100.0/24 via 192.0.2.254 dev eth0 table main',
      '-4 rule add from 192.0.2.10 iif eth0 table 100 priority 100',
    ]);
  });

  test('also a VLAN interface that is gone', () => {
    const { links } = network([link('eth0', { addresses: ADDRESSES, mtu: 9000 })]);
    const commands = planReplay(on('eth0'), { ...on('eth0'), links }, MOVE, 'br0');
    expect(commands.map((words) => words.join(' '))).toEqual([
      'link add link eth0 name eth0.200 type vlan protocol 802.1Q id 200',
      'link set eth0.200 up',
      'addr replace 203.0.113.10/24 dev eth0.200',
      '-4 route replace default via 203.0.113.1 dev eth0.200 table 100',
    ]);
  });

  test('nothing if nothing is missing', () => {
    expect(planReplay(on('eth0'), on('eth0'), MOVE, 'br0')).toEqual([]);
  });
});
