import type { HostIo } from '../model/io';
import { settlePending } from './rollback/settle_pending';

/**
 * Does some work under the lock of the bridges, with the conf in effect. The previous holder of the lock may have
 * rolled back a change, and conf that was read before must not bring it back. A dry run needs no lock.
 *
 * @param isStale whether conf, read again, has changed
 * @returns null: conf has changed, and nothing was done; read conf and start again
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
