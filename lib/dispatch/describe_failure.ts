import type { ScriptFailure } from '../system/process/run_script';
import { oneLine } from '../text/one_line';

/** Why a script failed, for the logs: `exit 1: cannot reach the backup server`. */
export function describeFailure({ reason, detail }: ScriptFailure): string {
  return oneLine(detail === null ? reason : `${reason}: ${detail}`);
}
