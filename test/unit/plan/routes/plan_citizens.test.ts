import fc from 'fast-check';
import { formatIp } from '../../../../lib/model/address/ip_address';
import { uplinkRemoval, uplinkRuleset } from '../../../../lib/model/routes/good_citizen';
import type { Routing } from '../../../../lib/model/routes/routing';
import { arrivalProblems, planRoutes } from '../../../../lib/plan/routes/plan_routes';
import type { RoutesDesired } from '../../../../lib/plan/routes/routed_tap';
import type { RouteStep } from '../../../../lib/plan/routes/route_step';
import { aLink, aRouter, aTap, desiredOf } from './a_host';
import { ip } from '../../model/routes/addresses';
import { done, PlannedHost, textOf } from './carry_out';
import { hosts } from './hosts';

const OWN = '203.0.113.2';
const CITIZEN = aTap({}, { isGoodCitizen: true });
const SECOND = aTap({ guest: 'web2', dev: 'vnet1' }, { addresses: [ip('203.0.113.21')] });

/** The steps for the filters of uplinks. */
const filterSteps = (desired: RoutesDesired, routing: Routing): RouteStep[] =>
  planRoutes(desired, routing).steps.filter(({ action, dev }) => action.tool === 'nft' && dev === null);

/** The step that lets an uplink ask and answer for these addresses only. */
const allows = (...addresses: string[]): RouteStep => ({
  purpose: 'prepare',
  object: 'filter',
  dev: null,
  subject: 'eth0',
  action: { tool: 'nft', ruleset: uplinkRuleset({ uplink: 'eth0', addresses: addresses.map(ip) }) },
});

const REMOVED: RouteStep = {
  purpose: 'clean',
  object: 'filter',
  dev: null,
  subject: 'eth0',
  action: { tool: 'nft', ruleset: uplinkRemoval(['eth0']) },
};

/** Whether the host answers for an address on eth0, as far as the filter is concerned. */
function isAllowed({ uplinkFilters }: Routing, address: string): boolean {
  const chains = uplinkFilters?.get('eth0')?.chains;
  return (
    chains === undefined ||
    chains.some(({ rules }) => rules.some((rule) => rule.join(' ') === `arp daddr ip ${address} accept`))
  );
}

test('a guest that wants it: the filter comes before what is claimed', () => {
  const { steps } = planRoutes(desiredOf([CITIZEN]), aRouter());
  const place = steps.findIndex(({ object }) => object === 'filter');
  expect(steps[place]).toEqual(allows(OWN, '203.0.113.20'));
  expect(place).toBeLessThan(steps.findIndex(({ purpose }) => purpose === 'claim'));
});

test('the addresses are all IPv4 ones of the host, but not the gateway of taps', () => {
  const on = (name: string, ...addresses: string[]) =>
    [
      name,
      aLink(name, {
        addresses: addresses.map((address) => ({
          ...{ address, family: address.includes(':') ? (6 as const) : (4 as const), scope: 'global' },
          ...{ isDynamic: false, isTemporary: false, isUnusable: false },
        })),
      }),
    ] as const;
  const router = aRouter(['vnet0', 'vnet1']);
  const links = new Map([
    ...router.links,
    on('lo', '127.0.0.1/8', '198.51.100.1/32'),
    on('vnet1', '169.254.0.1/32', 'fe80::1/64'),
    on('br0', '169.254.0.1/16', '2001:db8::1/64'),
  ]);
  expect(filterSteps(desiredOf([CITIZEN]), { ...router, links })).toEqual([
    allows('127.0.0.1', '198.51.100.1', '169.254.0.1', OWN, '203.0.113.20'),
  ]);
});

test('it allows the addresses of all guests on the uplink, whether they want it or not', () => {
  const devs = ['vnet0', 'vnet1'];
  const first = done(desiredOf([CITIZEN]), aRouter(devs));
  expect(filterSteps(desiredOf([SECOND]), first)).toEqual([allows(OWN, '203.0.113.20', '203.0.113.21')]);
  const both = done(desiredOf([SECOND]), first);
  const left = { ...CITIZEN, presence: 'left' as const };
  expect(filterSteps(desiredOf([left, SECOND]), both)).toEqual([allows(OWN, '203.0.113.21')]);
  expect(filterSteps(desiredOf([{ ...SECOND, presence: 'absent' }]), both)).toEqual([
    allows(OWN, '203.0.113.20'),
  ]);
});

test('an uplink where nobody wants it has none, and neither have guests without an uplink', () => {
  expect(filterSteps(desiredOf([SECOND]), aRouter(['vnet1']))).toEqual([]);
  expect(filterSteps(desiredOf([aTap({}, { isGoodCitizen: true, uplink: null })]), aRouter())).toEqual([]);
  expect(filterSteps(desiredOf([{ ...CITIZEN, presence: 'arriving' }]), aRouter())).toEqual([]);
});

test('the order of entries does not matter', () => {
  const desired = desiredOf([CITIZEN, SECOND], { poolRoutes: [] });
  const both = done(desired, aRouter(['vnet0', 'vnet1']));
  expect(both.proxies).toHaveLength(2);
  expect(planRoutes(desired, { ...both, proxies: [...both.proxies].reverse() }).steps).toEqual([]);
});

test('a complete run removes what nobody wants any more', () => {
  const filtered = done(desiredOf([CITIZEN]), aRouter());
  const run = (desired: RoutesDesired): RouteStep[] => filterSteps(desired, filtered);
  const complete = { poolRoutes: [] };
  expect(run(desiredOf([aTap()], complete))).toEqual([REMOVED]);
  expect(run(desiredOf([], { ...complete, gone: new Map([['vnet0', 'web1']]) }))).toEqual([REMOVED]);
  expect(run(desiredOf([aTap()]))).toEqual([]);
  // It would be needed again immediately.
  expect(run(desiredOf([{ ...CITIZEN, presence: 'arriving' }], complete))).toEqual([allows(OWN)]);
});

test('a complete run leaves the filter for a guest that cannot be read', () => {
  const filtered = done(desiredOf([CITIZEN]), aRouter());
  const unread = desiredOf([], { poolRoutes: [], guestsOf: () => ['web1'] });
  expect(planRoutes(unread, filtered).steps).toEqual([]);
});

test('a guest that cannot be routed gets no filter, and one that it has is neither lost nor out of date', () => {
  const broken = (routing: Routing): Routing => ({
    ...routing,
    settings: new Map([...routing.settings].map(([file]) => [file, '0'])),
  });
  const desired = desiredOf([CITIZEN], { poolRoutes: [] });
  expect(planRoutes(desired, broken(aRouter())).steps).toEqual([]);
  const filtered = done(desired, aRouter());
  expect(planRoutes(desired, broken(filtered)).steps).toEqual([]);
  const links = new Map([...filtered.links, ['eth0', { ...aLink('eth0'), addresses: [] }]]);
  expect(filterSteps(desired, broken({ ...filtered, links }))).toEqual([allows('203.0.113.20')]);
});

test('without nftables there is none', () => {
  const router = aRouter(['vnet0', 'vnet1'], { filters: null, uplinkFilters: null });
  const { steps, taps } = planRoutes(desiredOf([CITIZEN, SECOND]), router);
  expect(taps.map(({ problems }) => problems.map(({ code }) => code))).toEqual([['route-no-nft'], []]);
  expect(steps.filter(({ action }) => action.tool === 'nft')).toEqual([]);
  expect(steps.filter(({ dev }) => dev === 'vnet0')).toEqual([]);
});

test.each([
  ['the name of the tap', { dev: 'a"b' }, { isStrict: true }],
  ['the MAC address', { mac: '52:54:00:00:00' }, { isStrict: true }],
  ['the name of the uplink', {}, { isGoodCitizen: true, uplink: 'eth*' }],
])('what nftables cannot hold is a problem of its tap alone: %s', (_, about, wish) => {
  const router = aRouter(['vnet0', 'vnet1', 'a"b']);
  const links = new Map([...router.links, ['eth*', aLink('eth*')]]);
  const settings = new Map([...router.settings, ['/proc/sys/net/ipv4/conf/eth*/forwarding', '1'] as const]);
  const [odd, routing] = [aTap(about, wish), { ...router, links, settings }];
  const second = aTap({ ...SECOND, wish: { ...SECOND.wish, isStrict: true } });
  const desired = desiredOf([odd, second]);
  const errors = (problems: readonly { level: string; code: string }[]): string[] =>
    problems.flatMap(({ level, code }) => (level === 'error' ? [code] : []));
  const { taps, steps } = planRoutes(desired, routing);
  expect(taps.map(({ problems }) => errors(problems))).toEqual([['route-not-filterable'], []]);
  expect(errors(arrivalProblems(odd, routing, desired))).toEqual(['route-not-filterable']);
  expect(steps.map(textOf)).toEqual(planRoutes(desiredOf([second]), routing).steps.map(textOf));
  const plain = aTap(about, { ...wish, isStrict: false, isGoodCitizen: false });
  expect(errors(planRoutes(desiredOf([plain]), routing).taps[0]?.problems ?? [])).toEqual([]);
});

test('the sentences', () => {
  const router = aRouter(['a"b']);
  const odd = aTap({ dev: 'a"b', mac: 'x' }, { isStrict: true });
  const [plan] = planRoutes(desiredOf([odd]), router).taps;
  expect(plan?.problems.map(({ message, hint }) => `${message} ${hint}`)).toEqual([
    'a"b of guest web1 (guest_routes.conf:4: [web1]): nftables cannot filter the interface "a\\"b": its name has one of the characters " * \\. Choose another name for it. The name of a tap is `<target dev=…/>` in the domain XML.',
    'a"b of guest web1 (guest_routes.conf:4: [web1]): x is not a MAC address. Correct the `<mac>` in the domain XML.',
  ]);
});

test('property: others can ask for an address from when it is claimed until it is withdrawn', () => {
  fc.assert(
    fc.property(hosts, ({ desired, router }) => {
      const host = new PlannedHost(router);
      for (const step of planRoutes(desired, router).steps) {
        if (step.object === 'proxy' && step.purpose === 'claim' && !step.subject?.includes(':'))
          expect([step.subject, isAllowed(host.routing, step.subject ?? '')]).toEqual([step.subject, true]);
        expect(host.apply(step)).toBeNull();
      }
      const { proxies } = host.routing;
      for (const { address, isOurs } of proxies)
        if (isOurs && address.family === 4)
          expect([formatIp(address), isAllowed(host.routing, formatIp(address))]).toEqual([
            formatIp(address),
            true,
          ]);
    }),
    { numRuns: 300 },
  );
});

test('property: after a complete run, an uplink has a filter if somebody wants it', () => {
  fc.assert(
    fc.property(hosts, ({ desired, router }) => {
      const complete = { ...desired, poolRoutes: [] };
      const { taps } = planRoutes(complete, router);
      const wants = taps.filter(({ tap }) => tap.wish.isGoodCitizen && tap.wish.uplink === 'eth0');
      const isSet = wants.some(
        ({ tap, problems }) => tap.presence === 'here' && !problems.some(({ level }) => level === 'error'),
      );
      const has = done(complete, router).uplinkFilters?.has('eth0');
      if (isSet) expect(has).toBe(true);
      if (router.uplinkFilters?.size === 0 && !isSet) expect(has).toBe(false);
    }),
    { numRuns: 300 },
  );
});
