import { describeKnown, KnownError } from '../model/known_error';
import { oneLine } from '../text/one_line';

/** Describes an error in one line: what is wrong and what to do, or that it is a bug of kvmvlan. */
export function describeError(error: unknown): string {
  if (error instanceof KnownError) return oneLine(describeKnown(error));
  return `a bug, please report it: ${error instanceof Error ? String(error.stack) : String(error)}`;
}
