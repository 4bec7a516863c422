import { KnownError, type Egress, type PortVlans, type Vid } from '../types';
import type { Bridge, BridgePort, Host, VlanProtocol } from '../vlan/host';
import { PORT_FLAG_NAMES, PORT_FLAGS, type PortFlag, type PortFlags } from '../vlan/port_flags';
import { NO_VLANS } from '../vlan/port_vlans';
import { toVid } from '../vlan/vid';

interface VlanJson {
  ifname: string;
  vlans?: { vlan: number; vlanEnd?: number; flags?: string[] }[];
}
interface LinkJson {
  ifname: string;
  ifindex?: number;
  master?: string;
  flags?: string[];
}
type FlagsJson = { ifname: string } & Partial<Record<string, unknown>>;
interface BridgeJson {
  ifname: string;
  flags?: string[];
  linkinfo?: { info_data?: { vlan_filtering?: number; vlan_protocol?: string; vlan_default_pvid?: number } };
}

/** The input of `bridge -j -batch -` whose output `parseBridgeShow` reads. */
export const BRIDGE_SHOW = 'vlan show\nlink show\n';

/** VLANs by interface and ports with their bridges, from what `bridge -j -batch -` printed for BRIDGE_SHOW. */
export function parseBridgeShow(output: string): {
  vlans: Map<string, PortVlans>;
  masters: Map<string, string>;
  up: Set<string>;
  indexes: Map<string, number>;
} {
  const [vlanJson, linkJson] = output.split('\n').filter((line) => line.startsWith('['));
  const vlans = new Map<string, PortVlans>();
  for (const entry of parseJson<VlanJson>('bridge -j vlan show', vlanJson)) {
    vlans.set(entry.ifname, parsePortVlans(entry));
  }
  const masters = new Map<string, string>();
  const up = new Set<string>();
  const indexes = new Map<string, number>();
  for (const link of parseJson<LinkJson>('bridge -j link show', linkJson)) {
    if (link.master !== undefined) masters.set(link.ifname, link.master);
    if (link.flags?.includes('LOWER_UP') === true) up.add(link.ifname);
    if (link.ifindex !== undefined) indexes.set(link.ifname, link.ifindex);
  }
  return { vlans, masters, up, indexes };
}

/** The flags of all ports, from what `bridge -j -d link show` printed. */
export function parsePortFlags(output: string): Map<string, PortFlags> {
  const ports = new Map<string, PortFlags>();
  for (const link of parseJson<FlagsJson>('bridge -j -d link show', output)) {
    const flags: Partial<Record<PortFlag, boolean>> = {};
    for (const flag of PORT_FLAG_NAMES) {
      const value = link[PORT_FLAGS[flag]];
      if (typeof value === 'boolean') flags[flag] = value;
    }
    ports.set(link.ifname, flags);
  }
  return ports;
}

/** The host's bridges and ports, from what the two tools printed; `bridgesOutput` is `ip -j -d link show type bridge`. */
export function parseHost(
  bridgeOutput: string,
  bridgesOutput: string,
  flagsOutput: string | null = null,
): Host {
  const { vlans, masters, up, indexes } = parseBridgeShow(bridgeOutput);
  const bridges = new Map<string, Bridge>();
  for (const { ifname, flags, linkinfo } of parseJson<BridgeJson>(
    'ip -j -d link show type bridge',
    bridgesOutput,
  )) {
    const data = linkinfo?.info_data;
    bridges.set(ifname, {
      name: ifname,
      filtering: data?.vlan_filtering === 1,
      protocol: parseProtocol(data?.vlan_protocol),
      defaultPvid: toVid(data?.vlan_default_pvid ?? 0),
      vlans: vlans.get(ifname) ?? NO_VLANS,
      ...(flags === undefined ? {} : { isUp: flags.includes('UP') }),
    });
  }
  const flags = flagsOutput === null ? null : parsePortFlags(flagsOutput);
  const ports = new Map<string, BridgePort>();
  for (const [name, bridge] of masters) {
    const index = indexes.get(name);
    ports.set(name, {
      name,
      ...(index === undefined ? {} : { index }),
      bridge,
      vlans: vlans.get(name) ?? NO_VLANS,
      flags: flags?.get(name) ?? {},
      isUp: up.has(name),
    });
  }
  return { bridges, ports };
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

function parseProtocol(text: string | undefined): VlanProtocol {
  return text?.toLowerCase() === '802.1ad' ? '802.1ad' : '802.1Q';
}

function parseJson<T>(command: string, text: string | undefined): T[] {
  if (text === undefined) throw unreadable(command, 'nothing');
  try {
    // `ip` prints nothing at all, or an empty object, where it has nothing to tell.
    const list = JSON.parse(text.trim() === '' ? '[]' : text) as (T & { ifname?: string })[];
    return list.filter((entry) => entry.ifname !== undefined);
  } catch {
    throw unreadable(command, text.slice(0, 200));
  }
}

function unreadable(command: string, what: string): KnownError {
  return new KnownError(
    `cannot read what \`${command}\` printed: ${what}`,
    'Install a current iproute2 (5.15 or later) and try again.',
  );
}
