import { fstatSync } from 'node:fs';

/** Whether our standard error is the journal's: a unit's, not a terminal that a unit once started (systemd.exec(5)). */
export function isOnJournal(): boolean {
  try {
    const { dev, ino } = fstatSync(2);
    return process.env.JOURNAL_STREAM === `${dev}:${ino}`;
  } catch {
    return false; // It is closed.
  }
}
