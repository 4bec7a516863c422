import { dirname } from 'node:path';
import type { HookCall } from '../model/libvirt/hook_call';
import type { Start } from '../model/start';
import { readAll } from '../system/files/read_all';
import { runningGroups } from '../system/process/running_groups';
import { signalProcess } from '../system/process/signal_process';
import { writeAll } from '../system/files/write_all';
import { oneLine } from '../text/one_line';
import { argumentBytes } from './argument_bytes';
import { reportCall } from './call_report';
import { describeFault, dispatch } from './dispatch';
import { faultStatus } from './exit_status';
import { phaseOf } from '../model/libvirt/phases';
import { readCall } from '../model/libvirt/read_call';
import { meetWatchdog } from './watchdog';

/**
 * Runs a dispatcher, from libvirt's arguments to the exit status. The folder that it was called in is the hooks root.
 */
export async function dispatcherMain(driver: string, { file, watchdog: pid, caller }: Start): Promise<void> {
  const watchdog = meetWatchdog(pid);
  // The status until everything has succeeded, also if node exits early because nothing is left to do.
  process.exitCode = 1;
  // Only the stack of a bug has several lines.
  const stderr = (text: string): void => {
    const lines = text.split('\n').map((line) => oneLine(line));
    writeAll(2, `kvmvlan: ${lines.join('\n    ')}\n`);
  };
  const args = process.argv.slice(2);
  let call: HookCall;
  try {
    call = readCall(driver, args);
  } catch (error) {
    stderr(describeFault(error));
    process.exitCode = 2;
    return;
  }
  const phase = phaseOf(call);
  // The path as called: in `file` links are resolved, but the sh header uses the path with its links.
  const root = dirname(process.argv[1] ?? file);
  const report = reportCall(root, call, stderr);
  // If this process ends early, it must not leave a script running, and must not report success.
  let isDone = false;
  const giveUp = (error: unknown): void => {
    isDone = true;
    for (const group of runningGroups) signalProcess(-group, 'SIGKILL');
    report.trouble(describeFault(error));
    process.exitCode = faultStatus(phase);
  };
  process.on('uncaughtException', (error) => {
    giveUp(error);
    process.exit();
  });
  process.on('exit', () => {
    if (!isDone) giveUp(new Error('the dispatcher ended before its scripts'));
  });

  const abort = new AbortController();
  const readInput = (): Buffer => {
    const input = phase.input === 'nothing' ? Buffer.alloc(0) : readAll(0);
    // Until here a signal simply ends this process, also while it waits for input.
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => abort.abort());
    watchdog.watchUs();
    return input;
  };
  const writeXml = (xml: Buffer): void => {
    watchdog.leave();
    const why = writeAll(1, xml);
    if (why !== null) throw new Error(`cannot write the XML to libvirt: ${why}`);
  };
  const object = argumentBytes(args.length)[0] ?? Buffer.alloc(0);
  const status = await dispatch({
    root,
    file,
    caller,
    call,
    object,
    phase,
    readInput,
    signal: abort.signal,
    writeXml,
    report,
  });
  isDone = true;
  // Everything is written. A plugin that was out of time must not keep libvirt waiting.
  process.exit(status);
}
