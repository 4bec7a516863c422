import { Exit, KnownError } from '../model/known_error';

/** A day. */
const MAX_SECONDS = 86_400;

/**
 * The seconds of `--confirm`; null: it was not given. Throws KnownError: a wrong value is never ignored, because the user
 * wanted a rollback.
 */
export function secondsOf(confirm: unknown, least = 1): number | null {
  if (confirm === undefined) return null;
  const typed = typeof confirm === 'string' ? confirm : JSON.stringify(confirm);
  const seconds = Number(typed);
  if (/^\d+$/.test(typed) && seconds >= least && seconds <= MAX_SECONDS) return seconds;
  throw new KnownError(
    `--confirm expects seconds from ${least} to ${MAX_SECONDS}, not ${JSON.stringify(typed)}`,
    `For example, use \`--confirm ${Math.max(60, least)}\`.`,
    Exit.usage,
  );
}
