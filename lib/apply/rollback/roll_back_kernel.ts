import type { Exec } from '../../model/io';
import type { Problem } from '../../model/problem';
import { readHost } from '../../system/iproute2/read_host';
import { planRollback, type Touched } from '../../plan/plan_rollback';
import type { Step } from '../../plan/step';
import { shellCommand, shellQuote } from '../../text/shell_quote';
import { applySteps, type Failure, type MayRun } from '../apply_steps';

/** What came of a rollback. */
export interface RolledBack {
  /** How many commands were run. */
  readonly commands: number;
  /** Empty: all that the change touched is as it was. */
  readonly problems: readonly Problem[];
}

/**
 * Brings what a change touched back to what it was and reads it again; what is still to be done is tried once more. A port
 * that refuses does not keep the others from coming back. Throws KnownError where the kernel cannot be asked.
 */
export async function rollBackKernel(exec: Exec, was: Touched): Promise<RolledBack> {
  let commands = 0;
  let problems: readonly Problem[] = [];
  for (let tries = 0; tries < 2; tries++) {
    const steps = planRollback(await readHost(exec), was);
    if (steps.length === 0) break;
    const { ran, failures } = await applySteps(exec, steps, { mayRun: mayRunBack(steps, was) });
    commands += ran.length;
    problems = failures.map((failure) => toProblem(failure, steps, failures, was));
  }
  const left = planRollback(await readHost(exec), was);
  if (left.length === 0) return { commands, problems: [] };
  const names = [...new Set(left.map(({ dev }) => dev))].join(', ');
  const message = `not everything is as it was: ${names}.`;
  const hint = 'Look at `bridge vlan show`, then run `kvmvlan undo` again.';
  return {
    commands,
    problems: [...problems, { level: 'error', code: 'rollback-incomplete', message, hint }],
  };
}

/**
 * What would disconnect the host from uplinks that refuse is not done: where all of them refuse to be added to their
 * VLANs, the bridge's own port stays with them; where any refuses, or the bridge itself, filtering is not turned on, and
 * nothing is deleted then.
 */
function mayRunBack(steps: readonly Step[], { uplinks }: Touched): MayRun {
  return (step, failed) => {
    const { dev, purpose } = step;
    if (failed.some((failure) => failure.step.dev === dev)) return false;
    const isBridge = step.unit.kind === 'bridge';
    if (isBridge && isCutOff(steps, failed, uplinks) && !turnsFilteringOff(step)) return false;
    const stops = failed.some(
      ({ step: { dev: name, unit } }) => uplinks.includes(name) || unit.kind === 'bridge',
    );
    const isOff = steps.some(turnsFilteringOn);
    return !(stops && isOff && (turnsFilteringOn(step) || purpose.kind === 'delete-vlans'));
  };
}

/** Whether all uplinks that were to get VLANs have refused them. */
function isCutOff(steps: readonly Step[], failed: readonly Failure[], uplinks: readonly string[]): boolean {
  const adds = steps.filter(isAdd).map(({ dev }) => dev);
  const ways = uplinks.filter((name) => adds.includes(name));
  return ways.length > 0 && ways.every((name) => failed.some(({ step }) => step.dev === name && isAdd(step)));
}

function isAdd({ purpose }: Step): boolean {
  return purpose.kind === 'add-vlans';
}

function turnsFilteringOn({ purpose }: Step): boolean {
  return purpose.kind === 'set-bridge' && purpose.settings.filtering === true;
}

function turnsFilteringOff({ purpose }: Step): boolean {
  return purpose.kind === 'set-bridge' && purpose.settings.filtering === false;
}

function toProblem(
  { step, why }: Failure,
  steps: readonly Step[],
  failures: readonly Failure[],
  { uplinks }: Touched,
): Problem {
  const { dev, tool, args } = step;
  const isLast = uplinks.includes(dev) && isCutOff(steps, failures, uplinks);
  return {
    level: 'error',
    code: 'command-failed',
    message: `${dev}: \`${shellCommand([tool, ...args])}\` failed: ${why}.`,
    hint: isLast
      ? `The host stays in the VLANs that it is in now: without ${dev} it would be disconnected. Look at \`ip -d link show ${shellQuote(dev)}\`.`
      : 'All others have been tried.',
  };
}
