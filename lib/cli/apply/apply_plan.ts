import { bring } from '../../apply/bring';
import { planHost } from '../../plan/plan_host';
import { distinctProblems } from '../../plan/distinct_problems';
import type { RoutesDesired } from '../../plan/routes/routed_tap';
import { describeStep } from '../../plugins/report_routes';
import { oneLine } from '../../text/one_line';
import { shellCommand } from '../../text/shell_quote';
import type { CliContext } from '../command';
import { desiredOf, type Plan } from '../../apply/state/read_plan';

/** What became of a plan. */
export interface Applied {
  /** How many commands were run. */
  readonly ran: number;
  /** Whether the host is now as planned. */
  readonly isDone: boolean;
}

/**
 * Applies a plan and reads the host again: bridges first, because they can be uplinks. The caller holds the lock.
 *
 * @param force also apply steps that disconnect the host: the user has seen and accepted the risk
 */
export async function applyPlan(shown: Plan, force: boolean, context: CliContext): Promise<Applied> {
  const { stdout, stderr, io } = context;
  const desired = { ...desiredOf(shown.state, new Set()), force };
  const { plan, ran, failures, after } = await bring(io.exec, shown.state.host, (host) =>
    planHost(desired, host),
  );
  const problems = [
    ...plan.bridges.flatMap(({ problems: own }) => own),
    ...plan.ports.flatMap(({ problem }) => problem ?? []),
  ].filter(({ level }) => level === 'error');
  for (const { message, hint } of problems) stderr(`kvmvlan: ${message} ${hint}\n`);
  for (const { step, why } of failures) {
    const command = shellCommand([step.tool, ...step.args]);
    stderr(`kvmvlan: ${step.unit.kind} ${step.unit.name}: \`${command}\` failed: ${why}.\n`);
  }
  const { routes } = shown.state;
  const routed = routes === null ? NOTHING : await applyRoutes(routes.desired, context);
  // The kernel's state is as desired if a new plan has no steps.
  const isAsPlanned =
    failures.length === 0 && planHost(desired, after).steps.length === 0 && routed.isAsPlanned;
  const sum = ran.length + routed.ran;
  const count = `${sum} command${sum === 1 ? '' : 's'}`;
  if (isAsPlanned) stdout(`Applied with ${count}, and verified: everything is as planned.\n`);
  else
    stderr(
      `kvmvlan: after ${count}, not everything is as planned; \`kvmvlan plan\` shows what is left to do.\n`,
    );
  return { ran: sum, isDone: isAsPlanned && problems.length === 0 && routed.isDone };
}

const NOTHING = { ran: 0, isAsPlanned: true, isDone: true };

/** The same for routed interfaces. `isDone`: also nothing kept one from being set. */
async function applyRoutes(
  desired: RoutesDesired,
  { stderr, io }: CliContext,
): Promise<Applied & { readonly isAsPlanned: boolean }> {
  const { setRoutes } = await import('../../apply/routes/set_routes');
  const { plan, done, problems } = await setRoutes(desired, { dryRun: false }, io);
  const refused = plan.taps.flatMap((tap) => tap.problems).filter(({ level }) => level === 'error');
  const all = distinctProblems([...refused, ...problems]);
  for (const { message, hint } of all) stderr(`kvmvlan: ${message} ${hint}\n`);
  const failures = done?.failures ?? [];
  for (const { step, why } of failures)
    stderr(`kvmvlan: ${step.dev ?? 'routes'}: \`${oneLine(describeStep(step))}\` failed: ${why}.\n`);
  const isAsPlanned = failures.length === 0;
  return {
    ran: done?.ran.length ?? 0,
    isAsPlanned,
    isDone: isAsPlanned && all.every(({ level }) => level !== 'error'),
  };
}
