import type { HostIo } from '../../model/io';
import type { Problem } from '../../model/problem';
import { shellCommand } from '../../text/shell_quote';
import { isOver, readPending } from './confs_in_effect';
import { changeOver, changePending, changeRolledBack } from './problems';
import { readRejected } from './rejected';

/** A change that waits to be confirmed, is over, or was rolled back: what to report, and the command to run. */
export interface ChangeState {
  readonly problems: readonly Problem[];
  readonly remedy: string;
}

/** null: there is no such change, or only root may read it. Throws KnownError. */
export function changeState(io: Pick<HostIo, 'readText' | 'isRoot'>): ChangeState | null {
  const pending = readPending(io);
  if (pending !== null && isOver(pending, io)) {
    return { problems: [changeOver()], remedy: 'sudo kvmvlan undo' };
  }
  if (pending !== null) {
    return {
      problems: [changePending(pending.until)],
      remedy: 'sudo kvmvlan confirm   # or sudo kvmvlan undo',
    };
  }
  const rejection = readRejected(io);
  if (rejection === null) return null;
  const [file] = rejection.files;
  return {
    problems: [changeRolledBack(rejection)],
    remedy:
      file === undefined ? 'sudo kvmvlan apply' : shellCommand(['diff', '-u', file.path, file.rejected]),
  };
}
