import type { Problem } from './problem';
import type { ProblemCode } from './problem_code';

/** Exit codes of plugins and commands. */
export const Exit = { done: 0, failed: 1, usage: 2, bug: 3 } as const;
export type ExitCode = (typeof Exit)[keyof typeof Exit];

/** A known error. The code that catches it prints message and hint and ends with the exit code `code`. */
export class KnownError extends Error {
  /** @param reason for code that decides by it: `access-denied` if a file may not be read; null: no code does */
  constructor(
    message: string,
    readonly hint: string,
    readonly code: ExitCode = Exit.failed,
    readonly reason: 'access-denied' | null = null,
  ) {
    super(message);
  }
}

/** What is wrong and what to do, as a text. */
export function describeKnown({ message, hint }: KnownError): string {
  return `${message}. ${hint}`;
}

/** The same as a problem, for those who report it and continue. */
export function problemOf({ message, hint }: KnownError, code: ProblemCode): Problem {
  return { level: 'error', code, message: `${message}.`, hint };
}
