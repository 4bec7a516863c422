import type { HostIo } from '../../model/io';
import type { Problem } from '../../model/problem';
import type { Routing } from '../../model/routes/routing';
import { planRoutes } from '../../plan/routes/plan_routes';
import type { RoutesDesired } from '../../plan/routes/routed_tap';
import type { Announcement, RoutesPlan } from '../../plan/routes/route_step';
import { readRoutingFor } from '../state/read_routes';
import { announce } from './announce';
import { bringRoutes, type BroughtRoutes } from './bring_routes';
import { markRouted, markUplinkFilters } from './run_files';

/** The result for routed interfaces. */
export interface SetRoutes {
  readonly plan: RoutesPlan;
  /** null: nothing was done, as with --dry-run, or because an address is in use. */
  readonly done: BroughtRoutes | null;
  readonly routing: Routing;
  readonly problems: readonly Problem[];
}

export interface SetOptions {
  readonly dryRun: boolean;
  /** The taps have just been created: a filter of that name is another tap's, or bound to none. */
  readonly areNew?: boolean;
  /** Finds out whether somebody else has the addresses that this run would claim; an error stops it. */
  readonly probe?: (plan: RoutesPlan, routing: Routing) => Promise<readonly Problem[]>;
  /** Waits until no other host answers for addresses that this one is about to claim. Resolves to what it finds wrong. */
  readonly released?: (
    announcements: readonly Announcement[],
    links: Routing['links'],
  ) => Promise<readonly Problem[]>;
}

/** Makes routed interfaces as they should be, and announces what is new. The caller holds the lock. Throws KnownError. */
export async function setRoutes(
  desired: RoutesDesired,
  { dryRun, areNew = false, probe, released }: SetOptions,
  io: HostIo,
): Promise<SetRoutes> {
  const read = (): Promise<Routing> => readRoutingFor(desired.taps, io);
  const found = await read();
  const routing = areNew ? withoutFilters(found, desired) : found;
  const planOf = (now: Routing): RoutesPlan => planRoutes(desired, now);
  const plan = planOf(routing);
  if (dryRun || plan.steps.length === 0) return { plan, done: null, routing, problems: plan.problems };
  const probed = (await probe?.(plan, routing)) ?? [];
  const problems = [...plan.problems, ...probed];
  if (probed.some(({ level }) => level === 'error')) return { plan, done: null, routing, problems };
  markRouted(io);
  if (desired.taps.some(({ wish }) => wish.isGoodCitizen)) markUplinkFilters(io);
  const later: Problem[] = [];
  const { links } = routing;
  const done = await bringRoutes(io.exec, routing, {
    planOf,
    read,
    released:
      released === undefined ? null : async (claims) => void later.push(...(await released(claims, links))),
    announceNow: async (claimed) => void later.push(...(await announce(io, claimed, links))),
  });
  return { plan, done, routing, problems: [...problems, ...later] };
}

function withoutFilters(routing: Routing, { taps }: RoutesDesired): Routing {
  const filters = new Map(routing.filters);
  for (const { dev } of taps) filters.delete(dev);
  return { ...routing, filters: routing.filters === null ? null : filters };
}
