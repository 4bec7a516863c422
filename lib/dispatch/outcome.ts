import type { Failure } from '../plugins/plugin';
import type { PortChange } from '../plugins/port_change';
import type { Script } from './list_scripts';

/** The outcome of one script. */
export interface Outcome {
  readonly script: Script;
  readonly result: 'ok' | 'failed' | 'skipped';
  /** Why it was skipped or failed, or another note; null: none. */
  readonly reason: string | null;
  /** Its exit status; null: it has none. */
  readonly status: number | null;
  readonly ms: number;
  /** The path of its log; null: it was not run. */
  readonly log: string | null;
  /** Details of the failure, if more than the reason is known. */
  readonly failures?: readonly Failure[];
  /** Whether it was out of time, or was not run because no time was left. */
  readonly isTimedOut?: boolean;
  /** The ports that a bundled plugin has changed. */
  readonly changes?: readonly PortChange[];
  /** Whether its failure makes the hook fail. */
  readonly isFatal: boolean;
}
