import fc from 'fast-check';
import { formatIp } from '../../../../lib/model/address/ip_address';
import type { Presence } from '../../../../lib/model/guest/presence';
import { parseUplinkFilters, uplinkRuleset } from '../../../../lib/model/routes/good_citizen';
import type { RoutedTap } from '../../../../lib/plan/routes/routed_tap';
import { FakeNft } from '../../fake_host/fake_nft';
import { ip } from '../../model/routes/addresses';
import { aRoute, aRouter, aTap, desiredOf } from './a_host';

const presences = fc.constantFrom<Presence[]>('here', 'arriving', 'left', 'absent');
/** A host with any routes, entries, rules and filters, and what its guests should have. */
export const hosts = fc
  .record({
    taps: fc.uniqueArray(
      fc.record({
        number: fc.integer({ min: 0, max: 4 }),
        last: fc.integer({ min: 20, max: 24 }),
        has6: fc.boolean(),
        uplink: fc.constantFrom('eth0', null),
        table: fc.constantFrom(null, 500, 501),
        presence: presences,
        hasArrived: fc.boolean(),
        isStrict: fc.boolean(),
        isGoodCitizen: fc.boolean(),
      }),
      { selector: ({ number }) => number },
    ),
    ours: fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 20, max: 24 }))),
    proxies: fc.array(fc.tuple(fc.integer({ min: 20, max: 24 }), fc.boolean())),
    rules: fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom(500, 501), fc.boolean())),
    foreign: fc.array(fc.integer({ min: 20, max: 24 })),
    allowed: fc.option(fc.array(fc.integer({ min: 20, max: 24 }))),
    isComplete: fc.boolean(),
  })
  .map(({ taps, ours, proxies, rules, foreign, allowed, isComplete }) => {
    const desired = desiredOf(
      taps.map(({ number, last, has6, presence, hasArrived, ...wish }): RoutedTap =>
        aTap(
          { guest: `g${number}`, dev: `vnet${number}`, presence, hasArrived },
          {
            addresses: [ip(`203.0.113.${last}`), ...(has6 ? [ip(`2001:db8::${last}`)] : [])],
            ...wish,
            arrivingMetric: 512,
          },
        ),
      ),
      { poolRoutes: isComplete ? [] : null },
    );
    const unique = <T>(items: T[], keyOf: (item: T) => string): T[] =>
      items.filter((item, place) => items.findIndex((one) => keyOf(one) === keyOf(item)) === place);
    const devs = [0, 1, 2, 3, 4, 5].map((number) => `vnet${number}`);
    const ruleset =
      allowed === null
        ? ''
        : uplinkRuleset({ uplink: 'eth0', addresses: allowed.map((last) => ip(`203.0.113.${last}`)) });
    const nft = new FakeNft();
    nft.load(ruleset);
    const router = aRouter(devs, {
      uplinkFilters: parseUplinkFilters(nft.list('arp')),
      routes: unique(
        [
          ...foreign.map((last) => aRoute({ to: `203.0.113.${last}`, dev: 'wg0', protocol: '4' })),
          ...ours.map(([number, last]) => aRoute({ to: `203.0.113.${last}`, dev: `vnet${number}` })),
        ],
        ({ to }) => to,
      ),
      proxies: unique(
        proxies.map(([last, isOurs]) => ({ address: ip(`203.0.113.${last}`), dev: 'eth0', isOurs })),
        ({ address }) => formatIp(address),
      ),
      rules: unique(
        rules.map(([number, table, isOurs]) => ({
          ...{ family: 4 as const, priority: 32765, dev: `vnet${number}` },
          ...{ isDetached: false, table, isOurs },
        })),
        ({ dev, table }) => `${dev} ${table}`,
      ),
    });
    return { desired, router };
  });
