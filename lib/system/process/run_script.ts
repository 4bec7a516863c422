import { statSync } from 'node:fs';
import { describeEnd } from '../../model/describe_end';
import { endHolders } from './end_holders';
import { later } from './later';
import { runningGroups } from './running_groups';
import { signalProcess } from './signal_process';
import { startScript, type End } from './start_script';
import type { ScriptRun } from './script_run';

/** Why a script failed, in words. */
export interface ScriptFailure {
  /** A short reason: `exit 1`. */
  readonly reason: string;
  /** The last message of the system or of the script; null: none. */
  readonly detail: string | null;
  readonly isTimeout?: boolean;
}

export interface ScriptResult {
  /** null: killed, or never started. */
  readonly status: number | null;
  /** null: its status is 0. */
  readonly failure: ScriptFailure | null;
  /** A note that is not a failure. */
  readonly note: string | null;
}

/** The time from SIGTERM to SIGKILL. */
const TERM_MS = 5_000;
/** The wait after SIGKILL: a process may hang in the kernel, for example on a disk that does not answer. */
const KILL_MS = 2_000;
/** How long the output may stay open after the script has ended. Then the processes that hold it are ended. */
const LINGER_MS = 1_000;

/**
 * Runs a script in its own process group until it ends, times out or is aborted, and until no process holds its
 * output any more. A background process that still holds the output is ended, because libvirt would wait for it. One
 * that has redirected its output keeps running. It does not throw for errors of the script.
 */
export async function runScript(run: ScriptRun): Promise<ScriptResult> {
  const script = await startScript(run);
  const { pid } = script;
  const notes = script.note === null ? [] : [script.note];
  if (pid !== undefined) runningGroups.add(pid);
  const signalGroup = (signal: NodeJS.Signals): void => {
    if (pid !== undefined) signalProcess(-pid, signal);
  };

  let failure: ScriptFailure | null = null;
  let giveUp = (): void => undefined;
  const stuck = new Promise<null>((resolve) => (giveUp = () => resolve(null)));
  const timers: NodeJS.Timeout[] = [];
  const stop = (reason: string, isTimeout: boolean): void => {
    if (failure !== null) return;
    failure = { reason, detail: null, isTimeout };
    signalGroup('SIGTERM');
    timers.push(
      setTimeout(() => signalGroup('SIGKILL'), TERM_MS),
      setTimeout(giveUp, TERM_MS + KILL_MS),
    );
  };
  timers.push(
    setTimeout(() => stop(describeEnd({ kind: 'timeout', afterMs: run.timeoutMs }), true), run.timeoutMs),
  );
  const onAbort = (): void => stop('terminated together with the hook', false);
  run.signal.addEventListener('abort', onAbort);
  if (run.signal.aborted) onAbort();

  const end = await Promise.race([script.end, stuck]);
  timers.forEach(clearTimeout);
  run.signal.removeEventListener('abort', onAbort);
  if (failure !== null) signalGroup('SIGKILL');
  if ((await Promise.race([script.released, later(LINGER_MS)])) !== true)
    notes.push(await endHolders(script.holds, script.released));
  script.outputs.forEach((output) => output.destroy());
  if (pid !== undefined) runningGroups.delete(pid);

  if (end === null) notes.push('it cannot be terminated: it hangs in the kernel');
  failure ??= whyFailed(run.path, end);
  return { status: end?.status ?? null, failure, note: notes.length === 0 ? null : notes.join('; ') };
}

function whyFailed(path: string, end: End | null): ScriptFailure | null {
  if (end === null || end.status === 0) return null;
  const because = (reason: string, detail: string | null = null): ScriptFailure => ({ reason, detail });
  if (end.status !== null) return because(describeEnd({ kind: 'exit', status: end.status }));
  if (end.signal !== null) return because(describeEnd({ kind: 'killed', signal: end.signal }));
  switch (end.code) {
    case 'ENOENT':
      return statSync(path, { throwIfNoEntry: false }) === undefined
        ? because('it was removed before it could be run')
        : because('its interpreter does not exist', 'check its first line (#!)');
    case 'EACCES':
      return because('it may not be executed (check its mode, noexec, AppArmor and SELinux)');
    case 'ENOEXEC':
      return because('it is not a program, and its first line does not name an interpreter (#!)');
    case 'EAGAIN':
    case 'ENOMEM':
      return because('it could not be started', `${end.code}, no more processes or memory`);
    case null:
    default:
      return because('it could not be started', end.code ?? 'unknown reason');
  }
}
