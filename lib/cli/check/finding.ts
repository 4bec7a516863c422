import type { FindingCode } from './finding_code';

/** `unknown`: it could not be checked, usually without root; it does not affect the exit status. */
export type Level = 'ok' | 'warning' | 'failure' | 'unknown';

/** The result of one item of `kvmvlan check`. */
export interface Finding {
  /** The item's name, stable for scripts: `node`, `hooks`, `stp`. */
  readonly item: string;
  readonly code: FindingCode;
  readonly level: Level;
  readonly message: string;
  /** A command that can be pasted; null: nothing to do. */
  readonly remedy: string | null;
}
