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
  /** In short: `exit 1`. */
  readonly reason: string;
  /** More about it: what the system or the script itself said last; null: nothing. */
  readonly detail: string | null;
}

export interface ScriptResult {
  /** null: killed, or never started. */
  readonly status: number | null;
  /** null where its status is 0. */
  readonly failure: ScriptFailure | null;
  /** What else there is to say, though the script did not fail for it. */
  readonly note: string | null;
}

/** From SIGTERM to SIGKILL. */
const TERM_MS = 5_000;
/** From SIGKILL until we do not wait any longer: a process may hang in the kernel, on a disk that does not answer. */
const KILL_MS = 2_000;
/** How long output may stay open after the script has ended, until its holders are ended too. */
const LINGER_MS = 1_000;

/**
 * Runs a script in a process group of its own until it ends, is out of time or is cut short, and until nobody holds
 * its output any more. A process that it left behind is ended if it still holds the output (libvirt would wait for
 * it), and left alone if it has put its output elsewhere. Never throws for what a script does.
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
  const stop = (reason: string): void => {
    if (failure !== null) return;
    failure = { reason, detail: null };
    signalGroup('SIGTERM');
    timers.push(
      setTimeout(() => signalGroup('SIGKILL'), TERM_MS),
      setTimeout(giveUp, TERM_MS + KILL_MS),
    );
  };
  timers.push(
    setTimeout(() => stop(describeEnd({ kind: 'timeout', afterMs: run.timeoutMs })), run.timeoutMs),
  );
  const onAbort = (): void => stop('ended, as the hook itself was told to end');
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

  if (end === null) notes.push('it cannot be ended: it hangs in the kernel');
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
        ? because('it vanished before it could be run')
        : because('its interpreter does not exist', 'look at its first line (#!)');
    case 'EACCES':
      return because('it may not be executed (its mode, noexec, AppArmor or SELinux)');
    case 'ENOEXEC':
      return because('it is no program, nor does its first line name an interpreter (#!)');
    case 'EAGAIN':
    case 'ENOMEM':
      return because('it could not be started', `${end.code}, no more processes or memory`);
    case null:
    default:
      return because('it could not be started', end.code ?? 'nobody knows why');
  }
}
