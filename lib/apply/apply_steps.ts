import type { Exec } from '../model/io';
import { runBatch, toolError } from '../system/iproute2/run_batch';
import { unitKey, type Step, type Unit } from '../plan/step';

/** A command that failed. The rest of its unit was not run. */
export interface Failure {
  readonly unit: Unit;
  readonly step: Step;
  /** The error of the tool or the kernel. */
  readonly why: string;
}

export interface AppliedSteps {
  /** In order, including those that failed. */
  readonly ran: readonly Step[];
  readonly failures: readonly Failure[];
  /** What `show` printed after the last command; null: the last commands were of another tool, or failed. */
  readonly shown: string | null;
}

/** Which steps may still be run, after some have failed. */
export type MayRun = (step: Step, failed: readonly Failure[]) => boolean;

/**
 * After a failed command, the rest of its unit is not run. Deletes come last, so no VLAN is lost by that.
 */
const unlessFailed: MayRun = ({ unit }, failed) =>
  !failed.some((failure) => unitKey(failure.unit) === unitKey(unit));

/**
 * Runs steps in order, with as few processes as possible, and continues with other units if one fails. If a tool does
 * not run at all or hangs, all remaining steps fail: it would not run for them either.
 *
 * @param show lines for `bridge -j -batch` after the last commands, if these are of `bridge`
 */
export async function applySteps(
  exec: Exec,
  steps: readonly Step[],
  { show = '', mayRun = unlessFailed }: { readonly show?: string; readonly mayRun?: MayRun } = {},
): Promise<AppliedSteps> {
  const ran: Step[] = [];
  const failures: Failure[] = [];
  let shown: string | null = null;
  for (let rest = steps.filter((step) => mayRun(step, failures)); rest.length > 0;) {
    const [first] = rest;
    if (first === undefined) break;
    const end = rest.findIndex(({ tool }) => tool !== first.tool);
    const batch = end < 0 ? rest : rest.slice(0, end);
    const isLast = batch.length === rest.length && first.tool === 'bridge';
    const commands = batch.map(({ args }) => args);
    const { result, ran: count } = await runBatch(exec, first.tool, commands, isLast ? show : '');
    ran.push(...batch.slice(0, count));
    shown = isLast && result.ok && show !== '' ? result.stdout : null;
    rest = rest.slice(count);
    if (result.ok) continue;
    const why = toolError(result);
    const failed = batch[count - 1] ?? first;
    failures.push({ unit: failed.unit, step: failed, why });
    // The tool is missing, hangs or was killed. It did not just refuse a command.
    if (result.end.kind !== 'exit') {
      for (const step of rest) if (mayRun(step, failures)) failures.push({ unit: step.unit, step, why });
      break;
    }
    rest = rest.filter((step) => mayRun(step, failures));
  }
  return { ran, failures, shown };
}
