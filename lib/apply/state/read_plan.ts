import type { HostIo } from '../../model/io';
import type { Problem } from '../../model/problem';
import { whichProblem } from '../../model/which_problem';
import { heldNow } from '../rollback/rejected';
import { planHost, type Desired, type Plan as HostPlan } from '../../plan/plan_host';
import { diffHosts, type Change } from '../../plan/switch/diff_hosts';
import { readSwitches, type HostState } from './read_switches';

/** What conf would change on this host. */
export interface Plan {
  readonly state: HostState;
  /** The planner's result for the whole host. */
  readonly plan: HostPlan;
  readonly changes: readonly Change[];
  /** How the changes would disconnect or move the host; errors first. */
  readonly risks: readonly Problem[];
  /** Why the host cannot be completely as wanted. */
  readonly problems: readonly Problem[];
}

/**
 * Reads conf and host and plans everything that `bridge_init` and then `vlan_filtering --all` would do. Changes that
 * they would refuse because these would disconnect the host are included, and are among the risks. Throws KnownError.
 */
export async function readPlan(root: string, io: HostIo): Promise<Plan> {
  const state = await readSwitches(root, io);
  return planOf(state, heldNow(state.host, io));
}

/** Everything that conf and guests ask of this host. */
export function desiredOf(
  { bridgeInit, matches, claims, unjudged, domains }: HostState,
  held: ReadonlySet<string>,
): Desired {
  return {
    rules: bridgeInit.rules,
    isUnsure: bridgeInit.problems.some(({ level }) => level === 'error'),
    // bridge_init also does nothing if its conf may hide a section.
    setsBridges: !bridgeInit.mayHide,
    matches,
    setsTrunks: true,
    claims,
    held,
    interfaces: domains.flatMap(({ name, interfaces }) =>
      interfaces.map((iface) => ({ guest: name, iface })),
    ),
    unjudged,
    force: true,
  };
}

/** @param held names that must not be changed after a rollback; none for `apply` itself */
export function planOf(state: HostState, held: ReadonlySet<string>): Plan {
  const { host, switches } = state;
  const plan = planHost(desiredOf(state, held), host);
  const known = new Set(state.problems.map(whichProblem));
  const more = [
    ...plan.bridges.flatMap(({ problems }) => problems),
    ...plan.ports.flatMap(({ problem }) => problem ?? []),
    ...plan.notes,
  ];
  return {
    state,
    plan,
    changes: diffHosts(host, plan, switches),
    risks: plan.risks,
    problems: [...state.problems, ...more.filter((problem) => !known.has(whichProblem(problem)))],
  };
}
