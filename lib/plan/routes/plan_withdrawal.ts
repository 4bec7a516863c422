import { equalIp, formatIp } from '../../model/address/ip_address';
import type { NetRoute } from '../../model/network/host_network';
import { PROTOCOL, type ProxyEntry, type Routing } from '../../model/routes/routing';
import { filterRemoval } from '../../model/routes/tap_filter';
import { isLeftOver } from './leftovers';
import type { RoutedTap, RoutesDesired } from './routed_tap';
import { ipStep, type RouteStep } from './route_step';
import { wantedProxies, wantedRoutes } from './wanted_routes';

/** The number of `unreachable` routes, as `ip -N` prints them. Source: rtnetlink(7). */
export const UNREACHABLE = '7';

/**
 * What guest_routes has made and nobody should have any more: first what attracts traffic, proxy entries before routes,
 * then the rest. Everything that is ours carries its protocol or is in its own table, so no record of it is needed.
 *
 * @param kept interfaces that stay as they are because they cannot have what they should
 * @returns also the proxy entries that are removed
 */
export function planWithdrawal(
  routing: Routing,
  desired: RoutesDesired,
  kept: ReadonlySet<string>,
): { readonly steps: readonly RouteStep[]; readonly proxies: readonly ProxyEntry[] } {
  const here = desired.taps.filter(({ presence, dev }) => presence === 'here' && !kept.has(dev));
  const isStaying = (dev: string): boolean => kept.has(dev) || !isOfThisRun(dev, routing, desired);
  const routes = routing.routes.filter(
    (route) => isStale(route, here, routing) && !isStaying(route.dev ?? ''),
  );
  // An interface that stays as it is may lose a route to another one that should have the address.
  const claimed = here.flatMap((tap) => wantedRoutes(tap, routing.links).map(({ to }) => to));
  const left = routing.routes.filter(
    (route) => isOurs(route) && !routes.includes(route) && !claimed.includes(route.to),
  );
  const wanted = here.flatMap(wantedProxies);
  const proxies = routing.proxies.filter(
    ({ address, dev, isOurs: isOurOwn }) =>
      isOurOwn &&
      !wanted.some((proxy) => proxy.dev === dev && equalIp(proxy.address, address)) &&
      !left.some((route) => route.to === formatIp(address) && isStaying(route.dev ?? '')),
  );
  const ofTap = (to: string): string | null => routes.find((route) => route.to === to)?.dev ?? null;
  const steps = [
    ...proxies.map(({ address, dev }) =>
      ipStep('withdraw', 'proxy', ofTap(formatIp(address)), formatIp(address), [
        ...['neigh', 'del', 'proxy', formatIp(address), 'dev', dev],
      ]),
    ),
    ...routes.map(removeRoute),
    ...staleRules(routing, desired, isStaying),
    ...staleFilters(routing, desired, isStaying),
  ];
  return { steps, proxies };
}

/** Whether this run decides about an interface: it is about its guest, or nobody needs it. */
function isOfThisRun(dev: string, routing: Routing, desired: RoutesDesired): boolean {
  return desired.taps.some((tap) => tap.dev === dev) || isLeftOver(dev, routing, desired);
}

function isOurs({ protocol, type }: NetRoute): boolean {
  return protocol === PROTOCOL && type !== UNREACHABLE;
}

function isStale(route: NetRoute, here: readonly RoutedTap[], { links }: Routing): boolean {
  if (!isOurs(route)) return false;
  const tap = here.find(({ dev }) => dev === route.dev);
  return (
    tap === undefined ||
    !wantedRoutes(tap, links).some(
      ({ to, table, via, metric }) =>
        to === route.to && table === route.table && via === route.via && metric === route.metric,
    )
  );
}

function removeRoute({ to, dev, table, metric, family }: NetRoute): RouteStep {
  const where = dev === null ? [] : ['dev', dev];
  const how = metric === null ? [] : ['metric', String(metric)];
  const prefix = to.includes('/') ? to : `${to}/${family === 4 ? 32 : 128}`;
  return ipStep('withdraw', 'route', dev, to, [
    ...['route', 'del', prefix, ...where, 'table', table, ...how, 'proto', PROTOCOL],
  ]);
}

function staleRules(
  { rules }: Routing,
  { taps }: RoutesDesired,
  isStaying: (dev: string) => boolean,
): RouteStep[] {
  const seen = new Set<string>();
  return rules.flatMap(({ isOurs: isOurOwn, isDetached, dev, family, table, priority }): RouteStep[] => {
    if (!isOurOwn) return [];
    const tap = taps.find((each) => each.dev === dev);
    const isWanted = tap?.presence !== 'absent' && tap?.wish.table === table;
    const key = `${family} ${dev} ${table}`;
    if (!isDetached && (isStaying(dev) || (isWanted && !seen.has(key)))) {
      seen.add(key);
      return [];
    }
    const which = ['iif', dev, 'lookup', String(table), 'priority', String(priority), 'protocol', PROTOCOL];
    return [
      ipStep('clean', 'rule', tap?.dev ?? null, String(table), [`-${family}`, 'rule', 'del', ...which]),
    ];
  });
}

function staleFilters(
  { filters }: Routing,
  { taps }: RoutesDesired,
  isStaying: (dev: string) => boolean,
): RouteStep[] {
  const stale = [...(filters?.keys() ?? [])].filter((dev) => {
    const tap = taps.find((each) => each.dev === dev);
    return !isStaying(dev) && (tap === undefined || tap.presence === 'absent' || !tap.wish.isStrict);
  });
  if (stale.length === 0) return [];
  const action = { tool: 'nft', ruleset: filterRemoval(stale) } as const;
  return [{ purpose: 'clean', object: 'filter', dev: null, subject: stale.join(', '), action }];
}
