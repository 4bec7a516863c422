import type { HostIo } from '../model/io';
import { settlePending } from './rollback/settle_pending';

/**
 * Works under the lock of the bridges, from conf that counts: whoever held the lock before may have rolled a change back,
 * and what was read of conf before must not bring it back. A dry run needs no lock.
 *
 * @param isStale whether conf, read again, is another than the one to work by
 * @returns null: it is, and nothing was done; read conf and begin anew
 */
export async function underLock<T>(
  { dryRun }: { readonly dryRun: boolean },
  io: HostIo,
  isStale: () => boolean,
  work: () => Promise<T>,
): Promise<T | null> {
  if (dryRun) return work();
  const release = await io.lock();
  try {
    await settlePending(io);
    return isStale() ? null : await work();
  } finally {
    release();
  }
}
