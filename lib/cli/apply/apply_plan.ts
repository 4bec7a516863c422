import { bring } from '../../apply/bring';
import { planHost } from '../../plan/plan_host';
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
 * Applies a plan and reads the host again. The caller holds the lock.
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
  // The kernel's state is as desired if a new plan has no steps.
  const isDone = planHost(desired, after).steps.length === 0;
  const count = `${ran.length} command${ran.length === 1 ? '' : 's'}`;
  if (failures.length === 0 && isDone)
    stdout(`Applied with ${count}, and verified: everything is as planned.\n`);
  else
    stderr(
      `kvmvlan: after ${count}, not everything is as planned; \`kvmvlan plan\` shows what is left to do.\n`,
    );
  return { ran: ran.length, isDone: failures.length === 0 && problems.length === 0 && isDone };
}
