import type { Problem } from '../../model/problem';
import type { NetLink } from '../../model/network/host_network';
import type { BridgeRequest, MovedVlan } from '../backend';
import type { Stanza } from './interfaces_text';

/** A stanza of a VLAN interface of the NIC. */
export interface VlanStanza {
  readonly stanza: Stanza;
  readonly vlan: MovedVlan;
  /** Its interface now. */
  readonly link: NetLink | undefined;
  /** Whether it is the first stanza of this interface. */
  readonly isFirst: boolean;
}

/** What ifupdown and ifupdown2 write differently. Lines have no indentation. */
export interface Dialect {
  /**
   * The reasons why this program cannot have such a bridge.
   *
   * @param all the stanzas of all files
   */
  refusals(request: BridgeRequest, all: readonly Stanza[]): Problem[];
  /** What this program does to such a bridge and did not do to the port. */
  warnings(request: BridgeRequest): Problem[];
  /** The first lines of the bridge's first stanza. `isLate`: udev starts the port, perhaps after the bridge. */
  bridge(request: BridgeRequest, isLate: boolean): string[];
  /** Additional lines of the port's stanza. `isHotplug`: udev starts it, also when the NIC comes back later. */
  port(request: BridgeRequest, isHotplug: boolean): string[];
  /** The stanza of a VLAN interface with the bridge as its parent; null: its parent cannot be changed. */
  vlan(vlan: VlanStanza, request: BridgeRequest): Stanza | null;
}
