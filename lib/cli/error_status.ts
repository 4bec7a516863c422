import { Exit, KnownError } from '../model/known_error';

/**
 * The exit status of a command that throws: 2 for an error that the user can fix, 3 for a bug. Never 1: monitoring
 * reads 1 as drift.
 */
export function errorStatus(error: unknown): number {
  if (!(error instanceof KnownError)) return Exit.bug;
  return error.code === Exit.failed ? Exit.usage : error.code;
}
