import type { DhcpIdentity } from './dhcp_identity';
import type { Unit } from './units';

/** All that a change of systemd-networkd's files depends on. */
export interface NetworkdState {
  /** The .network file of the interface. */
  readonly unit: Unit;
  /** All .network and .netdev files, in the order in which they are tried. */
  readonly networks: readonly Unit[];
  readonly netdevs: readonly Unit[];
  readonly identity: DhcpIdentity;
  /** Of systemd; null: not known. */
  readonly version: number | null;
}
