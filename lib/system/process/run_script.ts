import { statSync } from 'node:fs';
import { endHolders } from './end_holders';
import { later } from './later';
import { runningGroups } from './running_groups';
import { signalProcess } from './signal_process';
import { startScript, type End } from './start_script';
import type { ScriptRun } from './script_run';

export interface ScriptResult {
  /** null: killed, or never started. */
  readonly status: number | null;
  /** Why it failed, in words; null where its status is 0. */
  readonly failure: string | null;
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

  let failure: string | null = null;
  let giveUp = (): void => undefined;
  const stuck = new Promise<null>((resolve) => (giveUp = () => resolve(null)));
  const timers: NodeJS.Timeout[] = [];
  const stop = (why: string): void => {
    if (failure !== null) return;
    failure = why;
    signalGroup('SIGTERM');
    timers.push(
      setTimeout(() => signalGroup('SIGKILL'), TERM_MS),
      setTimeout(giveUp, TERM_MS + KILL_MS),
    );
  };
  timers.push(setTimeout(() => stop(`timed out after ${run.timeoutMs / 1000} s`), run.timeoutMs));
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

function whyFailed(path: string, end: End | null): string | null {
  if (end === null || end.status === 0) return null;
  if (end.status !== null) return `exit ${end.status}`;
  if (end.signal !== null) return `killed by ${end.signal}`;
  switch (end.code ?? 'unknown') {
    case 'ENOENT':
      return statSync(path, { throwIfNoEntry: false }) === undefined
        ? 'it vanished before it could be run'
        : 'its interpreter does not exist: look at its first line (#!)';
    case 'EACCES':
      return 'it may not be executed (its mode, noexec, AppArmor or SELinux)';
    case 'ENOEXEC':
      return 'it is no program, nor does its first line name an interpreter (#!)';
    case 'EAGAIN':
    case 'ENOMEM':
      return `it could not be started: ${end.code}, no more processes or memory`;
    default:
      return `it could not be started: ${end.code ?? 'nobody knows why'}`;
  }
}
