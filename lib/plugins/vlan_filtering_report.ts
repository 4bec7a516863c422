import type { Problem } from '../model/problem';
import type { LostTap } from '../plan/lost_taps';
import type { PortReport } from './report_ports';

/** What `vlan_filtering --json` prints. */
export interface VlanFilteringReport {
  readonly status: number;
  /** Taps that were in no bridge, and were put back into theirs; with --dry-run those that would be. */
  readonly joins: readonly LostTap[];
  readonly ports: readonly PortReport[];
  readonly problems: readonly Problem[];
  readonly ms: number;
}
