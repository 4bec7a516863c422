import fc from 'fast-check';
import { formatIp } from '../../../../lib/model/address/ip_address';
import type { Presence } from '../../../../lib/model/guest/presence';
import type { NetRoute } from '../../../../lib/model/network/host_network';
import { PROTOCOL, type Routing } from '../../../../lib/model/routes/routing';
import { planRoutes } from '../../../../lib/plan/routes/plan_routes';
import type { RoutesDesired } from '../../../../lib/plan/routes/routed_tap';
import { aLink, aRoute, aRouter, aTap, desiredOf } from './a_host';
import { ip, prefix } from '../../model/routes/addresses';
import { done, textOf } from './carry_out';
import { hosts } from './hosts';

const codes = (desired: RoutesDesired, routing: Routing): string[] =>
  planRoutes(desired, routing).taps.flatMap(({ problems }) =>
    problems.filter(({ level }) => level === 'error').map(({ code }) => code),
  );

test('a guest that starts: what harms nobody first, proxy entries last', () => {
  const tap = aTap({}, { addresses: [ip('203.0.113.20'), ip('2001:db8::20')] });
  expect(planRoutes(desiredOf([tap]), aRouter()).steps.map(textOf)).toEqual([
    'prepare: /proc/sys/net/ipv4/conf/vnet0/forwarding = 1',
    'prepare: ip addr replace 169.254.0.1/32 dev vnet0',
    'prepare: ip neigh replace 203.0.113.20 lladdr 52:54:00:00:00:05 dev vnet0 nud permanent',
    'prepare: /proc/sys/net/ipv6/conf/vnet0/accept_ra = 0',
    'prepare: ip addr replace fe80::1/64 dev vnet0 nodad',
    'prepare: ip neigh replace 2001:db8::20 lladdr 52:54:00:00:00:05 dev vnet0 nud permanent',
    'claim: ip route replace 203.0.113.20/32 dev vnet0 table main metric 1024 proto 107',
    'claim: ip route replace 2001:db8::20/128 dev vnet0 table main metric 1024 proto 107',
    'claim: ip neigh replace proxy 203.0.113.20 dev eth0 protocol 107',
    'claim: ip neigh replace proxy 2001:db8::20 dev eth0 protocol 107',
  ]);
});

test('a guest that arrives claims nothing, and one that leaves stops answering first', () => {
  const arriving = planRoutes(desiredOf([aTap({ presence: 'arriving' })]), aRouter());
  expect(new Set(arriving.steps.map(({ purpose }) => purpose))).toEqual(new Set(['prepare']));
  expect(arriving.announcements).toEqual([]);
  const here = done(desiredOf([aTap()]), aRouter());
  expect(planRoutes(desiredOf([aTap({ presence: 'left' })]), here).steps.map(textOf)).toEqual([
    'withdraw: ip neigh del proxy 203.0.113.20 dev eth0',
    'withdraw: ip route del 203.0.113.20/32 dev vnet0 table main metric 1024 proto 107',
  ]);
});

test('a network behind a guest is reached through its address, a table has rules for the tap', () => {
  const tap = aTap({}, { routes: [prefix('198.51.100.0/29')], table: 500 });
  const texts = planRoutes(desiredOf([tap]), aRouter()).steps.map(textOf);
  expect(texts).toContain('prepare: ip -4 rule add iif vnet0 lookup 500 protocol 107');
  expect(texts.filter((text) => text.startsWith('claim: ip route'))).toEqual([
    'claim: ip route replace 203.0.113.20/32 dev vnet0 table 500 metric 1024 proto 107',
    'claim: ip route replace 198.51.100.0/29 via 203.0.113.20 dev vnet0 onlink table 500 metric 1024 proto 107',
    'claim: ip route replace 203.0.113.20/32 dev vnet0 table main metric 1024 proto 107',
    'claim: ip route replace 198.51.100.0/29 via 203.0.113.20 dev vnet0 onlink table main metric 1024 proto 107',
  ]);
});

test('a VRF is entered first; with its uplink inside, the main table has no route', () => {
  const vrf = aLink('red', { kind: 'vrf', vrfTable: 77 });
  const inside = aRouter(['vnet0'], {});
  const links = new Map([
    ...inside.links,
    ['red', vrf],
    ['eth0', { ...aLink('eth0'), master: 'red', portKind: 'vrf' }],
  ] as const);
  const texts = planRoutes(desiredOf([aTap({}, { vrf: 'red' })]), { ...inside, links }).steps.map(textOf);
  expect(texts[0]).toBe('prepare: ip link set dev vnet0 master red');
  expect(texts.filter((text) => text.includes('ip route'))).toEqual([
    'claim: ip route replace 203.0.113.20/32 dev vnet0 table 77 metric 1024 proto 107',
  ]);
});

test('what is in the way', () => {
  const tap = aTap();
  const desired = desiredOf([tap], { guestsOf: (dev) => (dev === 'vnet7' ? ['web2'] : []) });
  const withRoute = (route: NetRoute, more: Partial<Routing> = {}): string[] =>
    codes(desired, aRouter(['vnet0', 'vnet7'], { routes: [route], ...more }));
  expect(withRoute(aRoute({ dev: 'wg0', protocol: '4' }))).toEqual(['route-foreign']);
  expect(withRoute(aRoute({ dev: 'vnet7' }))).toEqual(['route-taken']);
  expect(withRoute(aRoute({ dev: 'eth0', table: '255', type: '2', protocol: '2' }))).toEqual([
    'route-own-address',
  ]);
  expect(withRoute(aRoute({ dev: 'wg0', protocol: '4', table: '99' }))).toEqual([]);
  const foreignProxy = { address: ip('203.0.113.20'), dev: 'eth0', isOurs: false };
  expect(codes(desired, aRouter(['vnet0'], { proxies: [foreignProxy] }))).toEqual(['route-foreign']);
  expect(codes(desired, aRouter([]))).toEqual(['route-tap-missing']);
  const port = aLink('vnet0', { master: 'br0', portKind: 'bridge' });
  const router = aRouter();
  expect(codes(desired, { ...router, links: new Map([...router.links, ['vnet0', port]]) })).toEqual([
    'route-in-bridge',
  ]);
});

test("a guest whose XML names another guest's tap neither gets it nor takes anything from it", () => {
  const owner = done(desiredOf([aTap()]), aRouter());
  const guestsOf = (dev: string): string[] => (dev === 'vnet0' ? ['web1', 'thief'] : []);
  const thief = aTap({ guest: 'thief', mac: '52:54:00:00:00:66' }, { addresses: [ip('203.0.113.66')] });
  const presences: Presence[] = ['here', 'arriving', 'left', 'absent'];
  for (const presence of presences) {
    const plan = planRoutes(desiredOf([{ ...thief, presence }], { guestsOf }), owner);
    expect({ presence, steps: plan.steps.map(textOf) }).toEqual({ presence, steps: [] });
  }
  expect(codes(desiredOf([thief], { guestsOf }), owner)).toEqual(['route-claimed-by-others']);
  const ended = desiredOf([], { guestsOf, gone: new Map([['vnet0', 'thief']]) });
  expect(planRoutes(ended, owner).steps).toEqual([]);
  const alone = desiredOf([], { guestsOf: () => ['web1'], gone: new Map([['vnet0', 'web1']]) });
  expect(planRoutes(alone, owner).steps).not.toEqual([]);
});

test('a device of the host is no tap, whatever the XML says', () => {
  const uplink = aTap({ dev: 'eth0' });
  expect(codes(desiredOf([uplink]), aRouter())).toEqual(['route-no-tap']);
});

test('an error changes nothing of a guest that runs, but one that has left is withdrawn nevertheless', () => {
  const here = done(desiredOf([aTap()]), aRouter());
  const broken = { ...here, settings: new Map([...here.settings].map(([file]) => [file, '0'] as const)) };
  expect(planRoutes(desiredOf([aTap()]), broken).steps).toEqual([]);
  expect(planRoutes(desiredOf([aTap({ presence: 'left' })]), broken).steps).toHaveLength(2);
});

test('of two guests with one address, the one that has it keeps it', () => {
  const [first, second] = [aTap({ guest: 'a', dev: 'vnet0' }), aTap({ guest: 'b', dev: 'vnet1' })];
  const router = aRouter(['vnet0', 'vnet1']);
  const problemsOf = (routing: Routing): string[] =>
    planRoutes(desiredOf([first, second]), routing).taps.flatMap(({ tap, problems }) =>
      problems.filter(({ level }) => level === 'error').map(({ code }) => `${tap.guest} ${code}`),
    );
  expect(problemsOf(router)).toEqual(['b route-taken']);
  const ofSecond = done(desiredOf([second]), router);
  expect(problemsOf(ofSecond)).toEqual(['a route-taken']);
});

test('leftovers: of interfaces that are gone or have no guest, but not of a guest that is about to start', () => {
  const stale: Partial<Routing> = {
    routes: [aRoute({ dev: 'vnet9', to: '203.0.113.29' })],
    proxies: [
      { address: ip('203.0.113.28'), dev: 'eth0', isOurs: true },
      { address: ip('203.0.113.29'), dev: 'eth0', isOurs: true },
    ],
    rules: [{ family: 4, priority: 32765, dev: 'vnet0', isDetached: true, table: 500, isOurs: true }],
  };
  const router = aRouter(['vnet0'], stale);
  const withLink = (hasCarrier: boolean): Routing => ({
    ...router,
    links: new Map([...router.links, ['vnet9', aLink('vnet9', { hasCarrier })]]),
  });
  expect(planRoutes(desiredOf([]), withLink(true)).steps.map(textOf)).toEqual([
    'withdraw: ip neigh del proxy 203.0.113.28 dev eth0',
    'clean: ip -4 rule del iif vnet0 lookup 500 priority 32765 protocol 107',
  ]);
  expect(planRoutes(desiredOf([]), withLink(false)).steps.map(textOf)).toEqual([
    'withdraw: ip neigh del proxy 203.0.113.28 dev eth0',
    'withdraw: ip neigh del proxy 203.0.113.29 dev eth0',
    'withdraw: ip route del 203.0.113.29/32 dev vnet9 table main metric 1024 proto 107',
    'clean: ip -4 rule del iif vnet0 lookup 500 priority 32765 protocol 107',
  ]);
});

test('pool routes: for networks that others route here, not for one on an interface', () => {
  const desired = desiredOf([], { poolRoutes: [prefix('198.51.100.0/28'), prefix('203.0.113.0/24')] });
  const plan = planRoutes(desired, aRouter());
  expect(plan.steps.map(textOf)).toEqual([
    'prepare: ip route add unreachable 198.51.100.0/28 metric 4278198272 proto 107',
  ]);
  expect(plan.problems.map(({ code }) => code)).toEqual(['route-pool-on-link']);
  expect(planRoutes(desired, done(desired, aRouter())).steps).toEqual([]);
});

test('property: a plan converges, in one run, and touches nothing of others', () => {
  const foreignOf = ({ routes, proxies, rules }: Routing): unknown => [
    routes.filter(({ protocol }) => protocol !== PROTOCOL),
    proxies.filter(({ isOurs }) => !isOurs),
    rules.filter(({ isOurs }) => !isOurs),
  ];
  fc.assert(
    fc.property(hosts, ({ desired, router }) => {
      const plan = planRoutes(desired, router);
      const after = done(desired, router);
      expect(foreignOf(after)).toEqual(foreignOf(router));
      const order = plan.steps.map(({ purpose }) => purpose);
      expect(order.lastIndexOf('withdraw')).toBeLessThan(
        order.includes('claim') ? order.indexOf('claim') : order.length,
      );
      expect(planRoutes(desired, after).steps.map(textOf)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('property: only a guest that is here has routes and proxy entries', () => {
  fc.assert(
    fc.property(hosts, ({ desired, router }) => {
      const after = done(desired, router);
      for (const { dev, presence, wish } of desired.taps) {
        if (presence === 'here') continue;
        expect(after.routes.filter((route) => route.dev === dev && route.protocol === PROTOCOL)).toEqual([]);
        const others = after.routes.map(({ to }) => to);
        const left = after.proxies.filter(
          ({ address, isOurs }) =>
            isOurs &&
            wish.addresses.some((own) => formatIp(own) === formatIp(address)) &&
            !others.includes(formatIp(address)),
        );
        expect(left).toEqual([]);
      }
    }),
    { numRuns: 500 },
  );
});
