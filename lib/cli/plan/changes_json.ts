import type { Change } from '../../plan/switch/diff_hosts';
import { sourceJson } from '../status/status_json';
import type { RouteChange } from './route_changes';

/** The changes in the output of `kvmvlan plan --json`. */
export function changesJson<C extends Change | RouteChange>(changes: readonly C[]): object[] {
  return changes.map((change) => ({ ...change, wantedBy: sourceJson(change.wantedBy) }));
}
