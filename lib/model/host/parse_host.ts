import { type Egress, NO_VLANS, type PortVlans } from '../vlan/port_vlans';
import { toVid, type Vid } from '../vlan/vid';
import type { Bridge, BridgePort, Host, Link, VlanProtocol } from './host';
import { PORT_FLAG_NAMES, PORT_FLAGS, type PortFlag, type PortFlags } from '../vlan/port_flags';
import { addressesOf } from './addresses_of';
import { parseInterfaces, unreadable } from './parse_json';
import type { LinkJson } from './link_json';

interface VlanJson {
  readonly ifname: string;
  readonly vlans?: readonly { vlan: number; vlanEnd?: number; flags?: readonly string[] }[];
}

/** The commands whose output `parseHost` reads. */
export const VLAN_SHOW = ['-j', 'vlan', 'show'] as const;
export const ADDR_SHOW = ['-j', '-d', 'addr', 'show'] as const;

/** The VLANs of ports, and of bridges as ports of their own, from what `bridge -j vlan show` printed. */
export function parseVlans(output: string): Map<string, PortVlans> {
  const entries = parseInterfaces<VlanJson>('bridge -j vlan show', output);
  return new Map(entries.map((entry) => [entry.ifname, parsePortVlans(entry)]));
}

/**
 * The host, from what `bridge -j vlan show` and `ip -j -d addr show` printed. The mappings of a port with vlan_tunnel are still empty.
 * Throws KnownError.
 */
export function parseHost(vlanOutput: string, addrOutput: string): Host {
  const vlans = parseVlans(vlanOutput);
  const json = parseInterfaces<LinkJson>('ip -j -d addr show', addrOutput);
  const bridges = new Map<string, Bridge>();
  const ports = new Map<string, BridgePort>();
  const links = new Map<string, Link>();
  for (const entry of json) {
    const { ifname: name, ifindex: index = 0, flags = [], master = null, linkinfo = {} } = entry;
    const kind = linkinfo.info_kind ?? null;
    links.set(name, { name, index, kind, master });
    if (kind === 'bridge') bridges.set(name, parseBridge(entry, vlans));
    if (master === null || linkinfo.info_slave_kind !== 'bridge') continue;
    ports.set(name, {
      name,
      index,
      kind,
      bridge: master,
      vlans: vlans.get(name) ?? NO_VLANS,
      flags: parseFlags(linkinfo.info_slave_data ?? {}),
      isUp: flags.includes('LOWER_UP'),
      tunnels: linkinfo.info_slave_data?.vlan_tunnel === true ? new Map() : null,
    });
  }
  return { bridges, ports, links, addresses: addressesOf(json) };
}

function parseBridge(
  { ifname: name, flags = [], linkinfo }: LinkJson,
  vlans: ReadonlyMap<string, PortVlans>,
): Bridge {
  const data = linkinfo?.info_data ?? {};
  return {
    name,
    filtering: data.vlan_filtering === 1,
    protocol: parseProtocol(data.vlan_protocol),
    defaultPvid: toVid(Number(data.vlan_default_pvid ?? 0)),
    vlans: vlans.get(name) ?? NO_VLANS,
    isUp: flags.includes('UP'),
  };
}

function parseFlags(data: Readonly<Record<string, unknown>>): PortFlags {
  const flags: Partial<Record<PortFlag, boolean>> = {};
  for (const flag of PORT_FLAG_NAMES) {
    const value = data[PORT_FLAGS[flag]];
    if (typeof value === 'boolean') flags[flag] = value;
  }
  return flags;
}

function parsePortVlans(entry: VlanJson): PortVlans {
  let pvid: Vid | null = null;
  const vlans = new Map<Vid, Egress>();
  for (const { vlan, vlanEnd, flags = [] } of entry.vlans ?? []) {
    for (let number = vlan; number <= (vlanEnd ?? vlan); number++) {
      const vid = toVid(number);
      if (vid === null) throw unreadable('bridge -j vlan show', `VLAN ${number} of ${entry.ifname}`);
      vlans.set(vid, flags.includes('Egress Untagged') ? 'untagged' : 'tagged');
      if (flags.includes('PVID')) pvid = vid;
    }
  }
  return { pvid, vlans };
}

function parseProtocol(text: unknown): VlanProtocol {
  return typeof text === 'string' && text.toLowerCase() === '802.1ad' ? '802.1ad' : '802.1Q';
}
