import { KnownError } from '../../model/known_error';
import type { Problem } from '../../model/problem';

// What is said about guests that cannot be read. All of these sentences are in this file.

/** A guest that cannot be read, so its ports are not known. */
export interface GuestProblem extends Problem {
  readonly guest: string;
  /** Its status file or definition. */
  readonly file: string;
  /** `not-readable`: the file or its content is wrong. `bug`: kvmvlan itself failed. */
  readonly code: 'not-readable' | 'bug';
}

/** Reported once for all guests. */
export const FOR_ROOT_ONLY: Problem = {
  level: 'error',
  code: 'guests-for-root-only',
  message: 'guests cannot be read without root.',
  hint: 'Run the command with sudo.',
};

/** No guest can be read. */
export function guestsUnknown({ message, hint, reason }: KnownError): Problem {
  return reason === 'access-denied'
    ? FOR_ROOT_ONLY
    : { level: 'error', code: 'not-readable', message: `${message}: the guests are unknown.`, hint };
}

/**
 * Accepts any error: even a RangeError from V8 for one guest's file must not keep the others from getting their
 * VLANs.
 */
export function guestUnread(guest: string, file: string, error: unknown): Problem | GuestProblem {
  const of = { guest, file, subject: { guest } };
  if (!(error instanceof KnownError))
    return {
      level: 'error',
      code: 'bug',
      message: `${file}: guest ${guest} cannot be read because of a bug in kvmvlan: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'The other guests are processed. Please report this.',
      ...of,
    };
  if (error.reason === 'access-denied') return FOR_ROOT_ONLY;
  return {
    level: 'error',
    code: 'not-readable',
    message: `${file}: ${error.message}.`,
    hint: 'The other guests are processed. Try again.',
    ...of,
  };
}
