import type { Failure } from '../plugins/plugin';
import type { Script } from './list_scripts';

/** What came of one script. */
export interface Outcome {
  readonly script: Script;
  readonly result: 'ok' | 'failed' | 'skipped';
  /** Why it was skipped or failed, or what else is to be said; null: nothing. */
  readonly reason: string | null;
  /** Its exit status; null where it has none. */
  readonly status: number | null;
  readonly ms: number;
  /** The path of its log; null where it was not run. */
  readonly log: string | null;
  /** What failed in detail, where more than the reason is known. */
  readonly failures?: readonly Failure[];
  /** Whether its failure makes the hook fail. */
  readonly isFatal: boolean;
}
