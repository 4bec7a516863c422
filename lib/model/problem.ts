import type { ProblemCode } from './problem_code';

/** A place in a conf file; lines count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** A known problem, and what to do about it. */
export interface Problem {
  readonly level: 'error' | 'warning';
  readonly code: ProblemCode;
  readonly message: string;
  /** What to do next; a whole sentence or a command. */
  readonly hint: string;
}
