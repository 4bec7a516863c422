import type { HostIo } from '../../model/io';
import type { Problem } from '../../model/problem';
import { shellCommand } from '../../text/shell_quote';
import { isOver, readPending } from './confs_in_effect';
import { readRejected, rejectionProblem } from './rejected';

/** A change that waits to be confirmed, is over, or was rolled back: what to report, and the command to run. */
export interface ChangeState {
  readonly problems: readonly Problem[];
  readonly remedy: string;
}

/** null: there is no such change, or only root may read it. Throws KnownError. */
export function changeState(io: Pick<HostIo, 'readText' | 'isRoot'>): ChangeState | null {
  const pending = readPending(io);
  if (pending !== null && isOver(pending, io)) {
    const message = 'a change was not confirmed in time, and is not completely rolled back yet.';
    const hint = '`kvmvlan undo` completes the rollback.';
    const problem: Problem = { level: 'error', code: 'rollback-incomplete', message, hint };
    return { problems: [problem], remedy: 'sudo kvmvlan undo' };
  }
  if (pending !== null) {
    const until = new Date(pending.until).toISOString().replace(/\.\d+Z$/, 'Z');
    const hint = '`kvmvlan confirm` keeps it, `kvmvlan undo` rolls it back.';
    const message = `a change waits to be confirmed until ${until}.`;
    return {
      problems: [{ level: 'warning', code: 'change-pending', message, hint }],
      remedy: 'sudo kvmvlan confirm   # or sudo kvmvlan undo',
    };
  }
  const rejection = readRejected(io);
  if (rejection === null) return null;
  const [file] = rejection.files;
  return {
    problems: [rejectionProblem(rejection)],
    remedy:
      file === undefined ? 'sudo kvmvlan apply' : shellCommand(['diff', '-u', file.path, file.rejected]),
  };
}
