import type { RuleSource } from '../../model/match/describe_rule';
import { describeStep } from '../../plugins/report_routes';
import { stepsByTap } from '../../plan/routes/routed_view';
import type { RouteStep, RoutesPlan } from '../../plan/routes/route_step';
import { addressOfStep, devOfStep, isRemoval, routeObject } from '../status/describe_routes';

/** What a plan would change for one routed interface, or for what belongs to none. */
export interface RouteChange {
  /** The tap; null: no guest's. */
  readonly name: string | null;
  readonly guest: string | null;
  /** null: the host answers nowhere for its addresses, or it is no guest's. */
  readonly uplink: string | null;
  readonly wantedBy: RuleSource | null;
  /** In words, `203.0.113.20: route, proxy entry`. */
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** In the order in which they would be run. */
  readonly commands: readonly string[];
}

/** The changes of a plan, interface by interface; commands of others may be run between those of one. */
export function routeChanges(plan: RoutesPlan): RouteChange[] {
  const { of, others } = stepsByTap(plan);
  const ofTaps = plan.taps.map(({ tap }) =>
    toChange(of.get(tap.dev) ?? [], {
      name: tap.dev,
      guest: tap.guest,
      uplink: tap.wish.uplink,
      wantedBy: tap.source,
    }),
  );
  const ofNone = [...new Set(others.map(devOfStep))].map((name) =>
    toChange(
      others.filter((step) => devOfStep(step) === name),
      { name, guest: null, uplink: null, wantedBy: null },
    ),
  );
  return [...ofTaps, ...ofNone].filter(({ commands }) => commands.length > 0);
}

function toChange(
  steps: readonly RouteStep[],
  about: Pick<RouteChange, 'name' | 'guest' | 'uplink' | 'wantedBy'>,
): RouteChange {
  return {
    ...about,
    removed: inWords(steps.filter(isRemoval)),
    added: inWords(steps.filter((step) => !isRemoval(step))),
    commands: steps.map(describeStep),
  };
}

/** A line for each address, then one for the interface as a whole. */
function inWords(steps: readonly RouteStep[]): string[] {
  const addresses = [...new Set(steps.map(addressOfStep))].sort(
    (a, b) => Number(a === null) - Number(b === null),
  );
  return addresses.map((address) => {
    const what = steps.filter((step) => addressOfStep(step) === address).map(routeObject);
    const words = [...new Set(what)].join(', ');
    return address === null ? words : `${address}: ${words}`;
  });
}
