import { fstatSync } from 'node:fs';

/**
 * Whether standard error goes to the journal. A terminal may have inherited the variable from a unit
 * (systemd.exec(5)).
 */
export function isOnJournal(): boolean {
  try {
    const { dev, ino } = fstatSync(2);
    return process.env.JOURNAL_STREAM === `${dev}:${ino}`;
  } catch {
    return false; // Standard error is closed.
  }
}
