import type { PortFlags } from '../vlan/port_flags';
import type { PortVlans } from '../vlan/port_vlans';
import type { Vid } from '../vlan/vid';

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
  /** Whether it is set up, as by `ip link set br0 up`; absent where nobody asked. */
  readonly isUp?: boolean;
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
  /** The kernel's number (ifindex): an interface that is made anew under the same name has another one. */
  readonly index: number;
  /** What `ip -d` calls the device: tun, veth, bond, dummy, vxlan …; null: a physical one, or a driver without a name. */
  readonly kind: string | null;
}

/** An interface of the host, whether it is a port of a bridge or not. */
export interface Link {
  readonly name: string;
  readonly index: number;
  /** See BridgePort. */
  readonly kind: string | null;
  /** What it is a port of, a bridge or another device; null: of nothing. */
  readonly master: string | null;
}

/** All that the kernel says of bridges, interfaces and the host's own addresses on bridges, at one moment. */
export interface Host {
  readonly bridges: ReadonlyMap<string, Bridge>;
  readonly ports: ReadonlyMap<string, BridgePort>;
  readonly links: ReadonlyMap<string, Link>;
  readonly addresses: readonly HostAddress[];
}

/** A VLAN as frames carry it. */
export interface Tag {
  readonly vid: Vid;
  readonly protocol: VlanProtocol;
}

/** An address of the host on a bridge: on itself, or on a VLAN interface of it. */
export interface HostAddress {
  readonly bridge: string;
  /** The interface that has it: br0, br0.200. */
  readonly dev: string;
  /** The VLAN of the VLAN interface; null: the bridge's own, untagged. */
  readonly tag: Tag | null;
  /** `192.0.2.1/24` */
  readonly address: string;
}
