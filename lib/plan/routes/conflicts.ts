import { contains, equalIp, formatPrefix, networkOf } from '../../model/address/ip_address';
import type { NetRoute } from '../../model/network/host_network';
import type { Problem } from '../../model/problem';
import { PROTOCOL, type Routing } from '../../model/routes/routing';
import { distinctProblems } from '../distinct_problems';
import { mayBeGuests } from '../may_be_guests';
import { isLeftOver, othersOf } from './leftovers';
import type { RoutedTap, RoutesDesired } from './routed_tap';
import {
  addressOfHost,
  addressTaken,
  foreignProxy,
  foreignRoute,
  noTap,
  tapClaimedByOthers,
  tapInBridge,
  tapMissing,
} from './tap_problems';
import { wantedProxies, wantedRoutes } from './wanted_routes';

/** The table of the host's own addresses. Source: rtnetlink(7), RT_TABLE_LOCAL. */
const LOCAL = '255';

/** Why a tap cannot be routed: it is not the guest's alone, or something of others is in the way. */
export function conflictsOf(tap: RoutedTap, routing: Routing, desired: RoutesDesired): Problem[] {
  const others = othersOf(tap, desired);
  if (others.length > 0) return [tapClaimedByOthers(tap, others)];
  const link = routing.links.get(tap.dev);
  if (link === undefined) return [tapMissing(tap)];
  if (!mayBeGuests(link)) return [noTap(tap, link)];
  if (link.portKind !== null && link.portKind !== 'vrf') return [tapInBridge(tap, link)];
  return addressConflicts(tap, routing, desired);
}

/** The same for its addresses alone. */
export function addressConflicts(tap: RoutedTap, routing: Routing, desired: RoutesDesired): Problem[] {
  return [...routeConflicts(tap, routing, desired), ...proxyConflicts(tap, routing)];
}

function routeConflicts(tap: RoutedTap, routing: Routing, desired: RoutesDesired): Problem[] {
  const found = wantedRoutes(tap, routing.links).flatMap((wanted): Problem[] => {
    const same = routing.routes.filter(({ to, dev }) => to === wanted.to && dev !== tap.dev);
    const own = same.find(({ table, type }) => table === LOCAL && type !== '1');
    if (own !== undefined) return [addressOfHost(tap, own)];
    const other = same.find((route) => route.table === wanted.table && isTaken(route, routing, desired));
    if (other === undefined) return [];
    return [other.protocol === PROTOCOL ? taken(tap, other, desired) : foreignRoute(tap, other)];
  });
  // The same route is wanted in several tables.
  return distinctProblems(found);
}

/** Whether a route stays: one of another program does, and that of a guest while the guest needs it. */
function isTaken(route: NetRoute, routing: Routing, desired: RoutesDesired): boolean {
  const { protocol, dev } = route;
  if (protocol !== PROTOCOL) return true;
  if (dev === null || isLeftOver(dev, routing, desired)) return false;
  const tap = desired.taps.find((each) => each.dev === dev);
  if (tap === undefined) return true;
  const wanted = tap.presence === 'here' ? wantedRoutes(tap, routing.links) : [];
  return wanted.some(({ to, table }) => to === route.to && table === route.table);
}

function taken(tap: RoutedTap, route: NetRoute, { taps, guestsOf }: RoutesDesired): Problem {
  const { dev } = route;
  const other = taps.find((each) => each.dev === dev);
  const guest = other?.guest ?? (dev === null ? null : (guestsOf(dev)[0] ?? null));
  return addressTaken(tap, route, guest, other?.source ?? null);
}

/**
 * Other guests that should have one of these addresses as well. The one that has it keeps it, which conflictsOf finds; if
 * none has it yet, it goes to the first.
 */
export function rivalsOf(tap: RoutedTap, { links, routes }: Routing, { taps }: RoutesDesired): RoutedTap[] {
  const own = wantedRoutes(tap, links);
  const shares = (to: string, table: string): boolean =>
    own.some((route) => route.to === to && route.table === table);
  const has = routes.some(
    ({ protocol, dev, to, table }) => protocol === PROTOCOL && dev === tap.dev && shares(to, table),
  );
  if (has) return [];
  return taps
    .slice(0, taps.indexOf(tap))
    .filter((other) => other.presence === 'here')
    .filter((other) => wantedRoutes(other, links).some(({ to, table }) => shares(to, table)));
}

function proxyConflicts(tap: RoutedTap, { proxies }: Routing): Problem[] {
  return wantedProxies(tap).flatMap(({ address, dev }): Problem[] => {
    const other = proxies.find((one) => !one.isOurs && one.dev === dev && equalIp(one.address, address));
    return other === undefined ? [] : [foreignProxy(tap, address, dev)];
  });
}

/** Networks of `pool-route` that are directly on an interface: a route to nowhere would hide the hosts in them. */
export function onLink({ poolRoutes }: RoutesDesired, { links }: Routing): { pool: string; dev: string }[] {
  return (poolRoutes ?? []).flatMap((pool) => {
    const link = [...links.values()].find(({ addresses }) =>
      addresses.some(({ address }) => {
        const network = networkOf(address);
        return network !== null && network.length <= pool.length && contains(network, pool.address);
      }),
    );
    return link === undefined ? [] : [{ pool: formatPrefix(pool), dev: link.name }];
  });
}
