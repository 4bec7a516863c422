import { KnownError } from '../model/known_error';
import { oneLine } from '../text/one_line';

/** An error in a line: what is wrong and what to do, or that it is a fault of ours. */
export function describeError(error: unknown): string {
  if (error instanceof KnownError) return oneLine(`${error.message}. ${error.hint}`);
  return `a bug, please report it: ${error instanceof Error ? String(error.stack) : String(error)}`;
}
