import type { HostIo } from '../../model/io';
import { isOver, readPending } from './confs_in_effect';
import { isSameBoot, rollBack } from './roll_back';

/** How long the timer's rollback has before an event does it itself, in milliseconds. */
const TIMER_MS = 60_000;

/**
 * Rolls a change back that nobody confirmed before a reboot, or whose timer did not: whatever runs first finds it. The
 * caller holds the lock. What fails is logged and tried again by the next event; until then the rejected conf counts no
 * more (readConfInEffect).
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
