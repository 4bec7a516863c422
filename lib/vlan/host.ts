import type { PortVlans, Vid } from '../types';
import type { PortFlags } from './port_flags';

export type VlanProtocol = '802.1Q' | '802.1ad';

/** What the kernel says of a bridge itself. */
export interface Bridge {
  readonly name: string;
  readonly filtering: boolean;
  readonly protocol: VlanProtocol;
  /** The PVID that ports get when they join; null: none. */
  readonly defaultPvid: Vid | null;
  /** The VLANs of the bridge as a port of its own: the host's. */
  readonly vlans: PortVlans;
}

/** What the kernel says of a port of a bridge. */
export interface BridgePort {
  readonly name: string;
  readonly bridge: string;
  readonly vlans: PortVlans;
  /** Empty where they were not asked for. */
  readonly flags: PortFlags;
  /** Whether it has a carrier: a cable, a running guest. */
  readonly isUp: boolean;
}

/** All bridges and ports of the host at one moment. */
export interface Host {
  readonly bridges: ReadonlyMap<string, Bridge>;
  readonly ports: ReadonlyMap<string, BridgePort>;
}
