import type { HostIo } from '../../model/io';
import { isOver, readPending } from './confs_in_effect';
import { isSameBoot, rollBack } from './roll_back';

/** Milliseconds that the timer's rollback gets before an event does the rollback itself. */
const TIMER_MS = 60_000;

/**
 * Rolls back a change that was not confirmed before a reboot, or that its timer did not roll back. The first program
 * that runs does it; the caller holds the lock. A failure is logged and tried again at the next event; until then the
 * rejected conf is not in effect (readConfInEffect).
 */
export async function settlePending(io: HostIo, now = Date.now()): Promise<void> {
  if (!io.isRoot) return;
  const pending = readPending(io);
  if (pending === null || !isOver(pending, io, now)) return;
  const isRebooted = !isSameBoot(pending, io);
  if (!isRebooted && now < pending.until + TIMER_MS) return;
  const { problems } = await rollBack(pending, isRebooted ? 'rebooted' : 'not confirmed', io);
  for (const { message, hint } of problems) io.log.error(`${message} ${hint}`);
}
