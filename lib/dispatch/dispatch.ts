import { join } from 'node:path';
import { KnownError, type HookCall } from '../types';
import type { CallReport } from './call_report';
import { exitStatus, faultStatus } from './exit_status';
import { forgetReloaded } from './forget_reloaded';
import { loadDispatchConf } from './load_dispatch_conf';
import type { Phase } from './phases';
import { removeOldLogs } from './remove_old_logs';
import { runAll } from './run_all';

/** One call of libvirt, and the process that answers it. */
export interface Invocation {
  /** The hooks root: the folder of the dispatcher's own file. */
  readonly root: string;
  /** The dispatcher's own file, links resolved. */
  readonly file: string;
  /** The process of libvirt that called it. */
  readonly caller: number;
  readonly call: HookCall;
  /** The object in bytes. */
  readonly object: Buffer;
  readonly phase: Phase;
  /** What libvirt writes to a hook. Called once, before anything else: it may be late, and all that follows is watched. */
  readonly readInput: () => Buffer;
  /** Aborts where the hook is told to end. */
  readonly signal: AbortSignal;
  /** Passes the XML on. Throws where it cannot. */
  readonly writeXml: (xml: Buffer) => void;
  readonly report: CallReport;
}

/** One call of libvirt, from its scripts to the exit status. Never throws: what goes wrong is told, and is a status. */
export async function dispatch(invocation: Invocation): Promise<number> {
  const { root, phase, report, signal } = invocation;
  try {
    const input = invocation.readInput();
    const { outcomes, xml } = await runAll(invocation, loadDispatchConf(root), input);
    tidy(invocation);
    if (signal.aborted) {
      report.trouble('the hook was told to end before all was done');
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

/** When the daemon starts or reloads, after all that counts; a session's libvirt may not. */
function tidy({ root, call, caller, report }: Invocation): void {
  if (call.driver !== 'daemon' || process.geteuid?.() !== 0) return;
  try {
    if (call.operation === 'start') removeOldLogs(join(root, 'logs'), Date.now());
    if (call.operation === 'reload') forgetReloaded(caller);
  } catch (error) {
    report.trouble(`cannot tidy up: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** An error of ours as a line. */
export function describeFault(error: unknown): string {
  if (error instanceof KnownError) return `${error.message}. ${error.hint}`;
  return `a bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
