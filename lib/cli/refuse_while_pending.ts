import { isOver, readPending } from '../apply/rollback/confs_in_effect';
import type { HostIo } from '../model/io';
import { Exit, KnownError } from '../model/known_error';

/** Throws KnownError while a change waits to be confirmed, or is not rolled back completely. */
export function refuseWhilePending(io: Pick<HostIo, 'readText' | 'isRoot'>): void {
  const pending = readPending(io);
  if (pending === null) return;
  if (isOver(pending, io))
    throw new KnownError(
      'an earlier change is being rolled back, or is only partly rolled back',
      'Run `kvmvlan undo` to roll back all of it, then try again.',
      Exit.usage,
    );
  const until = new Date(pending.until).toLocaleTimeString('en-GB');
  throw new KnownError(
    `an earlier change waits to be confirmed until ${until}`,
    'Run `kvmvlan confirm` to keep it or `kvmvlan undo` to roll it back, then try again.',
    Exit.usage,
  );
}
