import type { Bridge, BridgePort, Host, HostAddress } from '../../../../lib/model/host/host';
import type { PortVlans } from '../../../../lib/model/vlan/port_vlans';

/** A port of a bridge, as `readHost` gives it where only its VLANs matter: an uplink or a tap, by its name. */
export function bridgePort(name: string, vlans: PortVlans, bridge = 'br0'): BridgePort {
  return { name, bridge, vlans, flags: {}, isUp: true, index: indexOf(name), kind: kindOf(name) };
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
