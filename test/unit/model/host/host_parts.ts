import type { Bridge, BridgePort, Host, HostAddress } from '../../../../lib/model/host/host';
import type { PortVlans } from '../../../../lib/model/vlan/port_vlans';
import type { Vid } from '../../../../lib/model/vlan/vid';

/** A port whose PVID leaves untagged, and tags. */
export function member(pvid: number | null, ...tagged: number[]): PortVlans {
  const own: [Vid, 'untagged'][] = pvid === null ? [] : [[pvid as Vid, 'untagged']];
  return {
    pvid: pvid as Vid | null,
    vlans: new Map([...own, ...tagged.map((vid) => [vid as Vid, 'tagged'] as const)]),
  };
}

/** A bridge as the kernel makes it, less what is said. */
export function bridge(name: string, more: Partial<Bridge> = {}): Bridge {
  return { name, filtering: false, protocol: '802.1Q', defaultPvid: 1 as Vid, vlans: member(1), ...more };
}

/** A port of a bridge, as `readHost` gives it where only its VLANs matter: an uplink or a tap, by its name. */
export function bridgePort(name: string, vlans: PortVlans, bridge = 'br0'): BridgePort {
  return {
    name,
    bridge,
    vlans,
    flags: {},
    isUp: true,
    index: indexOf(name),
    kind: kindOf(name),
    tunnels: null,
  };
}

/** A VXLAN device with vlan_tunnel: the VNI of each mapped VLAN, which is the port's, tagged, unless said otherwise. */
export function tunnelPort(
  name: string,
  vnis: Readonly<Record<number, number>>,
  vlans?: PortVlans,
  bridge = 'br0',
): BridgePort {
  const tunnels = new Map(Object.entries(vnis).map(([vid, vni]) => [Number(vid) as Vid, vni]));
  const own = vlans ?? member(null, ...tunnels.keys());
  return { ...bridgePort(name, own, bridge), kind: 'vxlan', tunnels };
}

/** A filtering br0 with these ports. */
export function switchWith(
  ports: Readonly<Record<string, PortVlans>>,
  more: Partial<Bridge> = {},
): { bridges: Bridge[]; ports: BridgePort[] } {
  return {
    bridges: [bridge('br0', { filtering: true, ...more })],
    ports: Object.entries(ports).map(([name, vlans]) => bridgePort(name, vlans)),
  };
}

/** Names that people give to interfaces which lead out of the host; all others here are taps. */
export function kindOf(name: string): string | null {
  return /^(eth\d+|bond\d+|en\w+|p\d+)$/.test(name) ? null : 'tun';
}

/** The same number for a name each time. */
export function indexOf(name: string): number {
  return [...name].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 100_000, 7);
}

/** A host with just these bridges and ports. */
export function hostOf(
  bridges: readonly Bridge[],
  ports: readonly BridgePort[],
  addresses: readonly HostAddress[] = [],
): Host {
  const links = ports.map(({ name, index, kind, bridge }) => ({ name, index, kind, master: bridge }));
  return {
    bridges: new Map(bridges.map((bridge) => [bridge.name, bridge])),
    ports: new Map(ports.map((port) => [port.name, port])),
    links: new Map(links.map((link) => [link.name, link])),
    addresses,
  };
}
