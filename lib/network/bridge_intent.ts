import type { Place } from '../model/problem';
import type { PortVlans } from '../model/vlan/port_vlans';
import type { Vid } from '../model/vlan/vid';

/** The settings of a bridge in conf that a network manager can contradict. */
export interface BridgeIntent {
  readonly bridge: string;
  /** Its section; null: conf has no section for it, but sets VLANs of guests on it. */
  readonly place: Place | null;
  /** Whether the bridge filters VLANs. */
  readonly filtering: boolean;
  /** The PVID that new ports get; null: none; absent: not set in conf. */
  readonly defaultPvid?: Vid | null;
  /** The VLANs of the bridge itself; absent: not set in conf. */
  readonly own?: PortVlans;
  /** The trunk ports with their VLANs; null: not set in conf, or they follow the running guests. */
  readonly trunks: ReadonlyMap<string, PortVlans | null>;
  /** The current state in the kernel. */
  readonly kernel: {
    readonly defaultPvid: Vid | null;
    readonly own: PortVlans;
    readonly trunks: ReadonlyMap<string, PortVlans>;
  };
  /** The guests' ports of the bridge, including ports that were removed from it. */
  readonly taps: readonly string[];
}
