import { join } from 'node:path';
import { describeKnown, KnownError } from '../model/known_error';
import { exitStatus, faultStatus } from './exit_status';
import type { Invocation } from './invocation';
import { forgetReloaded } from './forget_reloaded';
import { loadDispatchConf } from './load_dispatch_conf';
import { removeOldLogs } from './remove_old_logs';
import { runAll } from './run_all';

/**
 * One call of libvirt, from its scripts to the exit status. It never throws: errors are reported and set the status.
 */
export async function dispatch(invocation: Invocation): Promise<number> {
  const { root, phase, report, signal } = invocation;
  try {
    const input = invocation.readInput();
    const { outcomes, xml } = await runAll(invocation, loadDispatchConf(root), input);
    tidy(invocation);
    if (signal.aborted) {
      report.trouble('the hook was terminated before all scripts were done');
      return faultStatus(phase);
    }
    const status = exitStatus(phase, outcomes);
    if (status === 0 && xml !== null) invocation.writeXml(xml);
    return status;
  } catch (error) {
    report.trouble(describeFault(error));
    return faultStatus(phase);
  }
}

/** Cleans up when the daemon starts or reloads, after all scripts. A session's libvirt lacks the permissions. */
function tidy({ root, call, caller, report }: Invocation): void {
  if (call.driver !== 'daemon' || process.geteuid?.() !== 0) return;
  try {
    if (call.operation === 'start') removeOldLogs(join(root, 'logs'), Date.now());
    if (call.operation === 'reload') forgetReloaded(caller);
  } catch (error) {
    report.trouble(`cannot clean up: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Describes an error of the dispatcher itself. */
export function describeFault(error: unknown): string {
  if (error instanceof KnownError) return describeKnown(error);
  return `a bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
