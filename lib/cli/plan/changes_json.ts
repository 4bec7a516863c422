import type { Change } from '../../plan/switch/diff_hosts';
import { sourceJson } from '../status/status_json';

/** Changes as `kvmvlan plan --json` prints them. */
export function changesJson(changes: readonly Change[]): object[] {
  return changes.map((change) => ({ ...change, wantedBy: sourceJson(change.wantedBy) }));
}
