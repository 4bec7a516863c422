import type { Change } from '../../plan/switch/diff_hosts';
import { sourceJson } from '../status/status_json';

/** The changes in the output of `kvmvlan plan --json`. */
export function changesJson(changes: readonly Change[]): object[] {
  return changes.map((change) => ({ ...change, wantedBy: sourceJson(change.wantedBy) }));
}
