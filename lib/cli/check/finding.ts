import type { FindingCode } from './finding_code';

/** `unknown`: it could not be looked at, usually for want of root; it does not count for the exit status. */
export type Level = 'ok' | 'warning' | 'failure' | 'unknown';

/** What came of one item of `kvmvlan check`. */
export interface Finding {
  /** The item's name, stable for scripts: `node`, `hooks`, `stp`. */
  readonly item: string;
  readonly code: FindingCode;
  readonly level: Level;
  readonly message: string;
  /** A command that can be pasted; null where nothing is to be done. */
  readonly remedy: string | null;
}
