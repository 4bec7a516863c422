import type { Domain } from '../../model/guest/domain';
import { presenceOf } from '../../model/guest/presence';
import type { HostIo } from '../../model/io';
import { routeMatchProblems, toProblem } from '../../model/match/match_problems';
import { matchRoutes } from '../../model/match/match_routes';
import type { RuleMatch } from '../../model/match/match_rules';
import type { Problem } from '../../model/problem';
import { acceptRa, settingsFor } from '../../model/routes/host_setting_files';
import type { GuestRoutesConf } from '../../model/routes/guest_routes_conf';
import type { RouteWish } from '../../model/routes/route_wish';
import type { Routing } from '../../model/routes/routing';
import { claimsOf } from '../../plan/claims';
import { distinctProblems } from '../../plan/distinct_problems';
import type { RoutedTap, RoutesDesired } from '../../plan/routes/routed_tap';
import { routedTaps } from '../../plan/routes/routed_taps';
import { readRouting } from '../../system/iproute2/read_routing';
import { toRoutedGuest } from '../../system/libvirt/read_guests';
import { readFilters } from '../../system/nft/read_filters';
import { readUplinkFilters } from '../../system/nft/read_uplink_filters';
import { UPLINK_FILTERS_FILE } from '../routes/run_files';
import type { UnreadGuest } from '../../model/guest/unread_guest';

/** What all routed interfaces of running guests should have. */
export interface RoutesOfHost {
  readonly desired: RoutesDesired;
  readonly matches: readonly RuleMatch<RouteWish>[];
  readonly problems: readonly Problem[];
}

/**
 * What conf and the running guests ask of this host.
 *
 * @param arrived the UUIDs of guests that have just come from another host
 * @param isMeant whether this run is about a guest; the interfaces of others stay as they are
 */
export function desiredRoutes(
  conf: GuestRoutesConf,
  { domains, unread }: { readonly domains: readonly Domain[]; readonly unread: readonly UnreadGuest[] },
  arrived: ReadonlySet<string>,
  isMeant: (guest: string) => boolean = () => true,
): RoutesOfHost {
  const guests = domains
    .filter(({ name }) => isMeant(name))
    .map((domain) => {
      const match = matchRoutes(conf, toRoutedGuest(domain));
      const hasArrived = domain.uuid !== null && arrived.has(domain.uuid);
      return { match, ...routedTaps(match, domain.interfaces, presenceOf(domain.status), hasArrived) };
    });
  const claims = claimsOf(domains);
  const mayBeUnread = (dev: string): string[] =>
    unread.filter(({ text }) => text === null || text.includes(dev)).map(({ guest }) => guest);
  return {
    desired: {
      taps: guests.flatMap(({ taps }) => taps),
      gone: new Map(guests.flatMap(({ gone, match }) => gone.map((dev) => [dev, match.guest] as const))),
      guestsOf: (dev) => claims.get(dev) ?? mayBeUnread(dev),
      poolRoutes: poolRoutesOf(conf),
    },
    matches: guests.map(({ match }) => match),
    problems: distinctProblems([
      ...conf.problems.map(toProblem),
      ...guests.flatMap(({ match }) => routeMatchProblems(match)),
    ]),
  };
}

/** Networks for `pool-route = yes` in [DEFAULT]; null: conf cannot be read, so they stay as they are. */
function poolRoutesOf({ defaults, problems }: GuestRoutesConf): RoutesDesired['poolRoutes'] {
  if (problems.some(({ level }) => level === 'error')) return null;
  return defaults.get('pool-route') === true ? (defaults.get('pool') ?? []) : [];
}

/** Reads from the kernel what matters for these interfaces. Throws KnownError. */
export function readRoutingFor(
  taps: readonly Pick<RoutedTap, 'dev' | 'wish'>[],
  io: Pick<HostIo, 'exec' | 'readText'>,
): Promise<Routing> {
  return readRoutingOf(
    taps.map(({ wish }) => wish),
    taps.map(({ dev }) => dev),
    io,
  );
}

/** The same for these wishes and taps. */
export async function readRoutingOf(
  wishes: readonly RouteWish[],
  taps: readonly string[],
  io: Pick<HostIo, 'exec' | 'readText'>,
): Promise<Routing> {
  const uplinks = wishes.flatMap(({ uplink }) => uplink ?? []);
  const mayBeFiltered =
    wishes.some(({ isGoodCitizen }) => isGoodCitizen) || io.readText(UPLINK_FILTERS_FILE) !== null;
  const [filters, uplinkFilters, routing] = await Promise.all([
    readFilters(io.exec),
    mayBeFiltered ? readUplinkFilters(io.exec) : new Map<string, never>(),
    readRouting(io, settingsFor([...new Set(uplinks)], taps)),
  ]);
  const settings = new Map(routing.settings);
  for (const { to, dev } of routing.routes) {
    if (to !== 'default' || dev === null) continue;
    const value = io.readText(acceptRa(dev));
    if (value !== null) settings.set(acceptRa(dev), value.trim());
  }
  return { ...routing, settings, filters, uplinkFilters };
}
