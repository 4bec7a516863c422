import type { Domain } from '../../model/guest/domain';
import type { UnreadGuest } from '../../model/guest/unread_guest';
import type { HostIo } from '../../model/io';
import type { Problem } from '../../model/problem';
import { readGuestRoutesConf } from '../../model/routes/guest_routes_conf';
import type { Routing } from '../../model/routes/routing';
import { planRoutes } from '../../plan/routes/plan_routes';
import type { RoutesDesired } from '../../plan/routes/routed_tap';
import type { RoutesPlan } from '../../plan/routes/route_step';
import { guestsInTransit } from '../routes/run_files';
import { desiredRoutes, readRoutingFor } from './read_routes';

/** The routed interfaces of this host: what is wanted, what the kernel reports, and what differs. */
export interface HostRoutes {
  readonly desired: RoutesDesired;
  readonly routing: Routing;
  readonly plan: RoutesPlan;
  readonly problems: readonly Problem[];
  /** Conf or metadata cannot be read completely. */
  readonly isUnsure: boolean;
  /** Guests of which conf names an interface that cannot be routed. */
  readonly unmet: readonly string[];
}

/**
 * Reads what guest_routes.conf and the running guests ask of this host, and the kernel. Throws KnownError if the kernel
 * cannot be queried.
 *
 * @param text of guest_routes.conf
 */
export async function readHostRoutes(
  text: string,
  file: string,
  running: { readonly domains: readonly Domain[]; readonly unread: readonly UnreadGuest[] },
  io: Pick<HostIo, 'exec' | 'readText' | 'readFolder'>,
): Promise<HostRoutes> {
  const conf = readGuestRoutesConf(text, file);
  const { desired, matches, problems } = desiredRoutes(conf, running, new Set(guestsInTransit(io)));
  const routing = await readRoutingFor(desired.taps, io);
  const plan = planRoutes(desired, routing);
  return {
    desired,
    routing,
    plan,
    problems: [...problems, ...plan.taps.flatMap((tap) => tap.problems), ...plan.problems],
    isUnsure:
      conf.problems.some(({ level }) => level === 'error') ||
      matches.some(({ blocking }) => blocking.length > 0),
    unmet: matches.flatMap(({ guest, unfit }) => (unfit.length > 0 ? [guest] : [])),
  };
}
