import type { HostIo } from '../../model/io';
import { KnownError, problemOf } from '../../model/known_error';
import type { PendingMove } from '../../model/network/pending_move';
import type { Problem } from '../../model/problem';
import { readPending } from '../rollback/confs_in_effect';
import type { Pending } from '../rollback/pending';
import { rollBack } from '../rollback/roll_back';
import { arrive } from './arrive';
import { startChange } from './run_change';

/** How a move ended: what `kvmvlan bridge` shows of the service that made it. */
export interface Moved {
  readonly status: 'works' | 'rolled-back' | 'rollback-incomplete';
  /** Why it was rolled back, and what could not be. */
  readonly problems: readonly Problem[];
}

/**
 * Makes a move that is armed: pending.json holds it, and its rollback is scheduled. If it does not work, it is rolled back
 * at once.
 *
 * @param set sets the VLANs of the new bridge as conf says, and returns what failed
 * @param locked runs work under the lock of the bridges
 */
export async function runMove(
  pending: Pending & { readonly move: PendingMove },
  set: () => Promise<readonly Problem[]>,
  io: HostIo,
  locked: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<Moved> {
  const isOurs = (): boolean => {
    const now = readPending(io);
    return now?.id === pending.id && now.until !== 0;
  };
  const problems = await tryMove(pending, isOurs, set, io);
  if (problems.length === 0) return { status: 'works', problems: [] };
  return locked(async () => {
    if (!isOurs()) return { status: 'rolled-back', problems };
    const back = await rollBack(pending, 'failed', io);
    return {
      status: back.problems.length === 0 ? 'rolled-back' : 'rollback-incomplete',
      problems: [...problems, ...back.problems, ...back.notes],
    };
  });
}

async function tryMove(
  { move, files }: Pending & { readonly move: PendingMove },
  isOurs: () => boolean,
  set: () => Promise<readonly Problem[]>,
  io: HostIo,
): Promise<readonly Problem[]> {
  try {
    await startChange(move.change, io);
    const problems = await arrive(move, isOurs, io);
    if (problems.length > 0) return problems;
    for (const { path, tried } of files) io.writeText(path, tried);
    return await set();
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    return [problemOf(error, 'bridge-lost')];
  }
}
