import { join } from 'node:path';
import { readConfInEffect } from '../apply/rollback/confs_in_effect';
import { isInTransit } from '../apply/routes/run_files';
import { formatConfProblem } from '../model/conf/conf_problem';
import type { Domain } from '../model/guest/domain';
import type { HostIo } from '../model/io';
import { describeKnown, KnownError } from '../model/known_error';
import type { HookCall } from '../model/libvirt/hook_call';
import { matchRoutes } from '../model/match/match_routes';
import { readGuestRoutesConf } from '../model/routes/guest_routes_conf';
import type { RouteWish } from '../model/routes/route_wish';
import { toRoutedGuest } from '../system/libvirt/read_guests';

/** What scripts learn about a guest besides its XML. */
export interface GuestPlace {
  /** What guest_routes.conf and the guest's metadata say about routed interfaces, by their place. */
  readonly routes: ReadonlyMap<number, RouteWish>;
  /** It comes from another host and has not run here yet. */
  readonly isArriving: boolean;
  /** Why the routes are not known; null: they are. */
  readonly problem: string | null;
}

type Io = Pick<HostIo, 'readText' | 'isRoot'>;

/** Looks up where a guest is in the network. An error in guest_routes.conf must not stop scripts. */
export function guestPlace(call: HookCall, domain: Domain, root: string, io: Io): GuestPlace {
  const nothing = { routes: new Map<number, RouteWish>(), isArriving: call.operation === 'migrate' };
  // guest_routes is not for guests of other drivers.
  if (call.driver !== 'qemu') return { ...nothing, problem: null };
  try {
    const isArriving = nothing.isArriving || isInTransit(domain.uuid, io);
    return { isArriving, ...routesOf(domain, join(root, 'conf', 'guest_routes.conf'), io) };
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    return { ...nothing, problem: describeKnown(error) };
  }
}

function routesOf(domain: Domain, file: string, io: Io): Pick<GuestPlace, 'routes' | 'problem'> {
  const text = readConfInEffect(file, io);
  if (text === null) return { routes: new Map(), problem: null };
  const match = matchRoutes(readGuestRoutesConf(text, file), toRoutedGuest(domain));
  const [first] = match.blocking;
  if (first !== undefined) return { routes: new Map(), problem: formatConfProblem(first) };
  const routes = new Map<number, RouteWish>();
  for (const { iface, wish } of match.wanted) if (iface !== null) routes.set(iface.place, wish);
  // Before the start and after the end of a guest its taps have no names.
  for (const { iface, rule } of match.unfit)
    if (iface.dev === null && iface.type === 'ethernet' && rule.wish !== null)
      routes.set(iface.place, rule.wish);
  return { routes, problem: null };
}
