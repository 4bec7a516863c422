import { journal, type JournalEntry } from './journal';

/** Each entry starts a process. If a whole bridge is gone, its first ports are enough. */
const MAX_ENTRIES = 20;

/** A failure as plugins report it. */
interface Failure {
  readonly message: string;
  readonly guest?: string | undefined;
  readonly bridge?: string | null | undefined;
  readonly port?: string | undefined;
}

/**
 * Writes each failure to the journal with the guest, bridge and port that it concerns.
 *
 * @param about the fields that all entries share; a failure's own guest overrides it
 * @param toMessage makes a line that is clear without the fields
 */
export function journalFailures(
  failures: readonly Failure[],
  about: Omit<JournalEntry, 'message'>,
  toMessage: (text: string) => string,
): void {
  for (const { message, ...what } of failures.slice(0, MAX_ENTRIES))
    journal({ ...about, ...what, message: toMessage(message) });
  const more = failures.length - MAX_ENTRIES;
  if (more > 0) journal({ ...about, message: toMessage(`${more} more failed; see the log`) });
}
