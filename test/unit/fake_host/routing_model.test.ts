import { filterRemoval, filterRuleset, parseFilters } from '../../../lib/model/routes/tap_filter';
import { readRouting } from '../../../lib/system/iproute2/read_routing';
import { ip } from '../model/routes/addresses';
import { FakeHost } from './fake_host';
import { FakeNft } from './fake_nft';
import { Refused } from './refused';

const VRF = { red: { linkinfo: { info_kind: 'vrf', info_data: { table: 77 } } } };

/** A host after these arguments of `ip`. */
function after(...lines: string[]): FakeHost {
  const host = new FakeHost({ links: ['eth0', 'vnet0', 'vnet1', 'red'], details: VRF });
  for (const line of lines) host.routing.run(line.split(' '));
  return host;
}

const read = (host: FakeHost) => readRouting(host.io(), []);

const ROUTE = 'route replace 203.0.113.20/32 dev vnet0 table main metric 5 proto 107';

test('a route replaces that of the same table and metric, whatever its interface', () => {
  const others = [ROUTE.replace('main', '500'), ROUTE.replace('metric 5', 'metric 6')];
  const { routes } = after(ROUTE, ...others, ROUTE.replace('vnet0', 'vnet1')).routing.state;
  expect(routes.map(({ to, dev, table, metric }) => [to, dev, table, metric])).toEqual([
    ['203.0.113.20', 'vnet0', '500', 5],
    ['203.0.113.20', 'vnet0', 'main', 6],
    ['203.0.113.20', 'vnet1', 'main', 5],
  ]);
});

test.each([
  ['a route that is there', [ROUTE, ROUTE.replace('replace', 'add')], 'File exists'],
  [
    'a route of another protocol',
    [ROUTE, ROUTE.replace('replace', 'del').replace('107', '4')],
    'No such process',
  ],
  ['a proxy entry that is not there', ['neigh del proxy 203.0.113.20 dev eth0'], 'No such file or directory'],
  [
    'a rule of the other family',
    ['-4 rule add iif vnet0 lookup 500 protocol 107', '-6 rule del iif vnet0 lookup 500 protocol 107'],
    'No such file or directory',
  ],
  ['an address of no interface', ['addr replace 169.254.0.1/32 dev vnet9'], 'Cannot find device "vnet9"'],
])('the kernel refuses %s', (_, lines, message) => {
  expect(() => after(...lines)).toThrow(Refused);
  expect(() => after(...lines)).toThrow(message);
});

test.each([
  'route flush table main',
  'route append 203.0.113.20/32 dev vnet0 proto 107',
  'route replace 203.0.113.20/32 dev vnet0',
  'route replace 203.0.113.20/32 dev vnet0 proto 107 src 203.0.113.1',
  '-6 route replace 2001:db8::20/128 dev vnet0 proto 107',
  'rule add from all lookup 500',
  '-0 rule add iif vnet0 lookup 500',
  'neigh flush dev vnet0',
  'neigh replace 203.0.113.20 lladdr 52:54:00:00:00:05 dev vnet0 nud stale',
  'addr del 169.254.0.1/32 dev vnet0',
  'link set dev vnet0 master eth0',
  'link set dev vnet0 up',
  'netns add red',
])('what guest_routes never runs is an error, and nothing that the kernel refuses: ip %s', (line) => {
  const run = (): unknown => after(line);
  expect(run).toThrow(Error);
  expect(run).not.toThrow(Refused);
});

test('ip prints what is set, as it is read', async () => {
  const host = after(
    'addr replace 169.254.0.1/32 dev vnet0',
    'addr replace 169.254.0.1/32 dev vnet0',
    'neigh replace 203.0.113.20 lladdr 52:54:00:00:00:05 dev vnet0 nud permanent',
    '-6 rule add iif vnet9 lookup 500 protocol 107',
    'route add unreachable 198.51.100.0/28 metric 4278198272 proto 107',
    'route replace 2001:db8:1::/64 via 2001:db8::20 dev vnet0 onlink table 500 metric 5 proto 107',
    'neigh replace proxy 2001:db8::20 dev eth0 protocol 107',
  );
  const { links, ...routing } = await read(host);
  expect(routing).toEqual({
    ...host.routing.state,
    routes: host.routing.state.routes.map((route) => ({
      ...route,
      // Without details, `ip` does not print this type.
      type: route.type === '1' ? 'unicast' : route.type,
    })),
    settings: new Map(),
  });
  expect(routing.rules.map(({ isDetached }) => isDetached)).toEqual([true]);
  expect(links.get('vnet0')?.addresses.map(({ address }) => address)).toEqual(['169.254.0.1/32']);
});

test('an interface that enters a VRF loses its IPv6 addresses', async () => {
  const addresses = ['addr replace 169.254.0.1/32 dev vnet0', 'addr replace fe80::1/64 dev vnet0 nodad'];
  const host = after(...addresses);
  expect(await host.exec('ip', ['link', 'set', 'dev', 'vnet0', 'master', 'red'])).toMatchObject({ ok: true });
  const link = (await read(host)).links.get('vnet0');
  expect(link).toMatchObject({ master: 'red', portKind: 'vrf' });
  expect(link?.addresses.map(({ address }) => address)).toEqual(['169.254.0.1/32']);
});

describe('nft', () => {
  const filter = { tap: 'vnet0', mac: '52:54:00:00:00:05', addresses: [ip('203.0.113.20')], routes: [] };
  const ruleset = filterRuleset(filter);
  const taps = (nft: FakeNft): string[] => [...parseFilters(nft.list('netdev')).keys()];

  test('a chain is replaced and removed', () => {
    const nft = new FakeNft();
    for (const each of [ruleset, ruleset, filterRuleset({ ...filter, tap: 'vnet1' })]) nft.load(each);
    expect(taps(nft)).toEqual(['vnet0', 'vnet1']);
    nft.load(filterRemoval(['vnet0', 'vnet7']));
    expect(taps(nft)).toEqual(['vnet1']);
  });

  test.each([
    ['flush table netdev kvmvlan\n'],
    ['add table netdev other\n'],
    ['add chain netdev kvmvlan tap-vnet0\n'],
    ['add table netdev kvmvlan\ndelete chain netdev kvmvlan tap-vnet0\n'],
    [ruleset.replace('  }\n}\n', '')],
    [ruleset.replace('  }\n}\n', '  }\n  set s {\n  }\n}\n')],
    [ruleset.replace(/type filter .*\n/, '\n')],
    [ruleset.replace('  }\n', '') + ruleset],
  ])('a ruleset that guest_routes never writes is an error, and changes nothing: %j', (text) => {
    const nft = new FakeNft();
    expect(() => nft.load(text)).toThrow('unknown line of a ruleset');
    expect(nft.list('netdev')).toBe('{"nftables":[]}');
  });
});
