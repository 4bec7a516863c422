import { journal, MAX_ENTRIES, type JournalFields } from './journal';

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
  about: JournalFields,
  toMessage: (text: string) => string,
): void {
  for (const { message: text, ...what } of failures.slice(0, MAX_ENTRIES)) {
    const message = toMessage(text);
    const { guest = about.guest, port } = what;
    if (typeof guest !== 'string' || port === undefined) journal({ ...about, ...what, message });
    else journal({ ...about, ...what, guest, port, message, kind: 'port-not-set' });
  }
  const more = failures.length - MAX_ENTRIES;
  if (more > 0) journal({ ...about, message: toMessage(`${more} more failed; see the log`) });
}
