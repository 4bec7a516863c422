import { Exit, KnownError } from '../model/known_error';

/**
 * What a command ends with where it throws: 2 where something is wrong that the user can put right, 3 for a bug. Never 1:
 * to monitoring that is drift.
 */
export function errorStatus(error: unknown): number {
  if (!(error instanceof KnownError)) return Exit.bug;
  return error.code === Exit.failed ? Exit.usage : error.code;
}
