import { formatPrefix } from '../../model/address/ip_address';
import type { Problem } from '../../model/problem';
import { hostSettings } from '../../model/routes/host_settings';
import { PROTOCOL, type Routing } from '../../model/routes/routing';
import { addressConflicts, conflictsOf, onLink, rivalsOf } from './conflicts';
import { filterProblems } from './filter_problems';
import { othersOf } from './leftovers';
import { planCitizens } from './plan_citizens';
import { planClaim } from './plan_claim';
import { planPreparation } from './plan_preparation';
import { planWithdrawal, UNREACHABLE } from './plan_withdrawal';
import type { RoutedTap, RoutesDesired } from './routed_tap';
import { ipStep, type Announcement, type PlannedTap, type RouteStep, type RoutesPlan } from './route_step';
import { poolOnLink, sharedAddress } from './tap_problems';

/** The last of all: any other route to an address wins. */
const LAST_METRIC = '4278198272';

/**
 * Plans routed interfaces: what is not wanted any more goes first, what makes this host answer for an address comes last.
 * So a host that lets a guest go stops answering before anything else happens. With an error, an interface stays as it is;
 * but the claims of a guest that is not here are withdrawn whatever else is wrong. A converged host has no steps.
 */
export function planRoutes(desired: RoutesDesired, routing: Routing): RoutesPlan {
  const taps = desired.taps.map((tap): PlannedTap => ({ tap, problems: problemsOf(tap, routing, desired) }));
  const isSet = ({ problems }: PlannedTap): boolean => !problems.some(({ level }) => level === 'error');
  const set = taps.filter(isSet).map(({ tap }) => tap);
  const isKept = (one: PlannedTap): boolean =>
    (!isSet(one) && one.tap.presence === 'here') || othersOf(one.tap, desired).length > 0;
  const kept = new Set(taps.filter(isKept).map(({ tap }) => tap.dev));
  const here = set.filter(({ presence }) => presence === 'here');
  const withdrawal = planWithdrawal(routing, desired, kept);
  const steps: RouteStep[] = [
    ...withdrawal.steps,
    // Before the claims: others must be able to ask for an address as soon as it is announced.
    ...planCitizens(desired, routing, here, withdrawal.proxies),
  ];
  const announcements: Announcement[] = [];
  for (const tap of set)
    if (tap.presence === 'here' || tap.presence === 'arriving') steps.push(...planPreparation(tap, routing));
  const pools = planPools(desired, routing);
  steps.push(...pools.steps);
  for (const tap of here) {
    const claim = planClaim(tap, routing);
    steps.push(...claim.steps);
    announcements.push(...claim.announcements);
  }
  return { steps, taps, announcements, problems: pools.problems };
}

/** A guest that leaves needs nothing that could be missing here. */
function problemsOf(tap: RoutedTap, routing: Routing, desired: RoutesDesired): Problem[] {
  if (tap.presence === 'left' || tap.presence === 'absent') return [];
  const conflicts = conflictsOf(tap, routing, desired);
  const rival = conflicts.length > 0 ? [] : rivalsOf(tap, routing, desired).slice(0, 1);
  return [
    ...conflicts,
    ...rival.map((other) => sharedAddress(tap, other)),
    ...filterProblems(tap),
    ...hostSettings(tap.wish, routing),
  ];
}

/** Why a guest that comes from another host could not be routed here. Its tap is not there yet. */
export function arrivalProblems(tap: RoutedTap, routing: Routing, desired: RoutesDesired): Problem[] {
  return [
    ...addressConflicts(tap, routing, desired),
    ...filterProblems(tap),
    ...hostSettings(tap.wish, routing),
  ];
}

/** Networks whose addresses without a guest are rejected. They are known only where all of conf is. */
function planPools(
  desired: RoutesDesired,
  routing: Routing,
): { readonly steps: readonly RouteStep[]; readonly problems: readonly Problem[] } {
  const { poolRoutes } = desired;
  if (poolRoutes === null) return { steps: [], problems: [] };
  const hidden = onLink(desired, routing);
  const wanted = poolRoutes.filter((pool) => !hidden.some((one) => one.pool === formatPrefix(pool)));
  const ours = routing.routes.filter(({ protocol, type }) => protocol === PROTOCOL && type === UNREACHABLE);
  const step = (verb: 'add' | 'del', to: string): RouteStep =>
    ipStep(verb === 'add' ? 'prepare' : 'clean', 'pool-route', null, to, [
      ...['route', verb, 'unreachable', to, 'metric', LAST_METRIC, 'proto', PROTOCOL],
    ]);
  const texts = wanted.map(formatPrefix);
  return {
    steps: [
      ...ours.filter(({ to }) => !texts.includes(to)).map(({ to }) => step('del', to)),
      ...texts.filter((to) => !ours.some((route) => route.to === to)).map((to) => step('add', to)),
    ],
    problems: hidden.map(({ pool, dev }) => poolOnLink(pool, dev)),
  };
}
