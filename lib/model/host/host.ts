import type { PortFlags } from '../vlan/port_flags';
import type { PortVlans } from '../vlan/port_vlans';
import type { Tunnels } from '../vlan/tunnels';
import type { Vid } from '../vlan/vid';

export type VlanProtocol = '802.1Q' | '802.1ad';

/** What the kernel reports about a bridge itself. */
export interface Bridge {
  readonly name: string;
  readonly filtering: boolean;
  readonly protocol: VlanProtocol;
  /** The PVID that ports get when they join; null: none. */
  readonly defaultPvid: Vid | null;
  /** The VLANs of the bridge as a port of its own: the host's. */
  readonly vlans: PortVlans;
  /** Whether it is up, as after `ip link set br0 up`; absent: it was not read. */
  readonly isUp?: boolean;
}

/** What the kernel reports about a port of a bridge. */
export interface BridgePort {
  readonly name: string;
  readonly bridge: string;
  readonly vlans: PortVlans;
  /** Empty if they were not read. */
  readonly flags: PortFlags;
  /** Whether it has a carrier: a cable, a running guest. */
  readonly isUp: boolean;
  /** The kernel's ifindex: an interface that is created again with the same name has another one. */
  readonly index: number;
  /**
   * What `ip -d` calls the device: tun, veth, bond, dummy, vxlan …; null: a physical one, or a driver without a name.
   */
  readonly kind: string | null;
  /** The VLANs that the device sends through a tunnel, which another program sets; null: vlan_tunnel is off. */
  readonly tunnels: Tunnels | null;
}

/** An interface of the host, whether it is a port of a bridge or not. */
export interface Link {
  readonly name: string;
  readonly index: number;
  /** See BridgePort. */
  readonly kind: string | null;
  /** The bridge or other device that it is a port of; null: none. */
  readonly master: string | null;
}

/** What the kernel reports about bridges, interfaces and the host's addresses on bridges, at one moment. */
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

/** An address of the host on a bridge itself, or on a VLAN interface of the bridge. */
export interface HostAddress {
  readonly bridge: string;
  /** The interface that has it: br0, br0.200. */
  readonly dev: string;
  /** The VLAN of the VLAN interface; null: the bridge's own, untagged. */
  readonly tag: Tag | null;
  /** `192.0.2.1/24` */
  readonly address: string;
}
