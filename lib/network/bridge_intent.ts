import type { Place } from '../model/problem';
import type { PortVlans } from '../model/vlan/port_vlans';
import type { Vid } from '../model/vlan/vid';

/** What conf says of a bridge, as far as a manager of the network can contradict it. */
export interface BridgeIntent {
  readonly bridge: string;
  /** Its section; null: conf has none, but gives guests on the bridge VLANs. */
  readonly place: Place | null;
  /** Whether the bridge filters VLANs. */
  readonly filtering: boolean;
  /** The PVID that new ports get; null: none; absent: conf does not say. */
  readonly defaultPvid?: Vid | null;
  /** The VLANs of the bridge itself; absent: conf does not say. */
  readonly own?: PortVlans;
  /** The trunk ports with their VLANs; null: conf does not say, or they follow the guests that run. */
  readonly trunks: ReadonlyMap<string, PortVlans | null>;
  /** What the kernel has now. */
  readonly kernel: {
    readonly defaultPvid: Vid | null;
    readonly own: PortVlans;
    readonly trunks: ReadonlyMap<string, PortVlans>;
  };
  /** Guests' ports of the bridge, those that have lost it included. */
  readonly taps: readonly string[];
}
