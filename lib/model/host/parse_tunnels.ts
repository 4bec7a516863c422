import { toVid, type Vid } from '../vlan/vid';
import type { BridgePort, Host } from './host';
import { parseInterfaces } from './parse_json';

/** The command whose output `parseTunnels` reads. It has nothing to show unless a port has vlan_tunnel on. */
export const TUNNEL_SHOW = ['-j', 'vlan', 'tunnelshow'] as const;

interface TunnelJson {
  readonly ifname: string;
  readonly tunnels?: readonly { vlan: number; vlanEnd?: number; tunid: number }[];
}

export function hasTunnels({ ports }: Host): boolean {
  return [...ports.values()].some(({ tunnels }) => tunnels !== null);
}

/** The host with the mappings that `bridge -j vlan tunnelshow` printed. Throws KnownError. */
export function parseTunnels(output: string, host: Host): Host {
  const entries = parseInterfaces<TunnelJson>('bridge -j vlan tunnelshow', output);
  const ports = new Map<string, BridgePort>(host.ports);
  for (const { ifname, tunnels = [] } of entries) {
    const port = host.ports.get(ifname);
    if (port === undefined || port.tunnels === null) continue;
    const mapped = new Map<Vid, number>();
    for (const { vlan, vlanEnd = vlan, tunid } of tunnels)
      for (let number = vlan; number <= vlanEnd; number++) {
        const vid = toVid(number);
        if (vid !== null) mapped.set(vid, tunid + number - vlan);
      }
    ports.set(ifname, { ...port, tunnels: mapped });
  }
  return { ...host, ports };
}
