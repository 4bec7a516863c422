import type { ProblemCode } from './problem_code';

/** Where a word stands in a conf file; lines count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** Something known that is wrong, and what to do about it. */
export interface Problem {
  readonly level: 'error' | 'warning';
  readonly code: ProblemCode;
  readonly message: string;
  /** What to do next; a whole sentence or a command. */
  readonly hint: string;
}
