import type { Exec } from '../../model/io';
import type { Problem } from '../../model/problem';
import { readHost } from '../../system/iproute2/read_host';
import { planRollback, type Touched } from '../../plan/plan_rollback';
import type { Step } from '../../plan/step';
import { applySteps, type Failure, type MayRun } from '../apply_steps';
import { notUndone, portsNotBack } from './problems';

/** The result of a rollback. */
export interface RolledBack {
  /** How many commands were run. */
  readonly commands: number;
  /** Empty: everything that the change touched is as it was before. */
  readonly problems: readonly Problem[];
}

/**
 * Restores what a change touched and reads it again; what still differs is tried once more. If the kernel refuses one
 * port, the others are still restored. Throws KnownError if the kernel cannot be queried.
 */
export async function rollBackKernel(exec: Exec, was: Touched): Promise<RolledBack> {
  let commands = 0;
  let problems: readonly Problem[] = [];
  for (let tries = 0; tries < 2; tries++) {
    const steps = planRollback(await readHost(exec), was);
    if (steps.length === 0) break;
    const { ran, failures } = await applySteps(exec, steps, { mayRun: mayRunBack(steps, was) });
    commands += ran.length;
    problems = failures.map((failure) => {
      const isLast = was.uplinks.includes(failure.step.dev) && isCutOff(steps, failures, was.uplinks);
      return notUndone(failure, isLast);
    });
  }
  const left = planRollback(await readHost(exec), was);
  if (left.length === 0) return { commands, problems: [] };
  return { commands, problems: [...problems, portsNotBack([...new Set(left.map(({ dev }) => dev))])] };
}

/**
 * Steps that would disconnect the host from an uplink that failed are not run. If all uplinks fail to get their VLANs,
 * the bridge's own port stays in their current ones. If an uplink or the bridge itself fails, filtering is not turned
 * on and nothing is deleted.
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

/** Whether all uplinks that should get VLANs have failed. */
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
