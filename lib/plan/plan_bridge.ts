import type { Bridge, BridgePort } from '../model/host/host';
import type { PortVlans } from '../model/vlan/port_vlans';
import { tunnelRanges, type Tunnels } from '../model/vlan/tunnels';
import type { Vid } from '../model/vlan/vid';
import { formatRange } from '../model/vlan/vid_list';
import { planPorts, toCommand, type PortChange } from './plan_ports';
import type { BridgeSettings, Command } from './step';

/** The wanted state of a bridge; an absent setting is not changed. */
export interface BridgeWish extends BridgeSettings {
  /** The VLANs of the bridge itself. */
  readonly own?: PortVlans;
  /** The VLANs of its ports, by the ports' names. */
  readonly ports: ReadonlyMap<string, PortVlans>;
  /** Mappings that ports had before, by the ports' names: those that were lost come back. */
  readonly tunnels?: ReadonlyMap<string, Tunnels>;
}

/** Commands of one tool that are run together; the next stage only after all of them succeeded. */
export type Stage = readonly Command[];

/**
 * The stages that bring a bridge to its wanted state without ever disconnecting the host: first the settings that need
 * filtering to be off, then everything that is added, then filtering is turned on, and only then VLANs are deleted.
 * `ports` are all ports of the bridge: a new default PVID moves those with the old one, and they are moved back. With a
 * VLAN, the kernel removes what maps it to a tunnel (br_vlan.c, nbp_vlan_delete), so that is added again too.
 */
export function planBridge(bridge: Bridge, ports: readonly BridgePort[], wish: BridgeWish): Stage[] {
  const settings: { -readonly [K in keyof BridgeSettings]: BridgeSettings[K] } = {};
  let shift = (have: PortVlans): PortVlans => have;
  if (wish.protocol !== undefined && wish.protocol !== bridge.protocol) {
    settings.protocol = wish.protocol;
  }
  const next = wish.defaultPvid;
  if (next !== undefined && next !== bridge.defaultPvid) {
    settings.defaultPvid = next;
    shift = (have) => afterDefaultPvid(have, bridge.defaultPvid, next);
  }
  const changes: PortChange[] = ports.map((port) => ({
    dev: port.name,
    self: false,
    have: shift(port.vlans),
    want: wish.ports.get(port.name) ?? port.vlans,
  }));
  changes.push({ dev: bridge.name, self: true, have: shift(bridge.vlans), want: wish.own ?? bridge.vlans });

  const vlans = planPorts(changes);
  const maps = ports.flatMap((port) =>
    mapAgain(
      port,
      shift(port.vlans),
      wish.ports.get(port.name) ?? port.vlans,
      wish.tunnels?.get(port.name) ?? new Map(),
    ),
  );
  const adds = [...vlans.filter(({ action }) => action === 'add').map(toCommand), ...maps];
  const deletes = vlans.filter(({ action }) => action === 'del').map(toCommand);
  const stages: Stage[] = [];
  if (Object.keys(settings).length > 0) stages.push([setBridge(bridge.name, settings)]);
  if (wish.filtering === undefined || wish.filtering === bridge.filtering) {
    stages.push([...adds, ...deletes]);
  } else {
    stages.push(adds, [setBridge(bridge.name, { filtering: wish.filtering })], deletes);
  }
  return stages.filter((commands) => commands.length > 0);
}

/** The commands for the mappings that were lost with their VLANs; these are members again. */
function mapAgain(
  { name, tunnels }: BridgePort,
  have: PortVlans,
  want: PortVlans,
  before: Tunnels,
): Command[] {
  // The kernel maps nothing on a port without vlan_tunnel.
  if (tunnels === null) return [];
  const kept = new Map([...tunnels].filter(([vid]) => have.vlans.has(vid)));
  const used = new Set(kept.values());
  const lost = [...before, ...tunnels].filter(
    ([vid, vni]) => want.vlans.has(vid) && !kept.has(vid) && !used.has(vni),
  );
  return tunnelRanges(new Map(lost)).map(({ vids, vnis: [first, last] }) => ({
    purpose: { kind: 'add-vlans' },
    dev: name,
    tool: 'bridge',
    args: [
      ...['vlan', 'add', 'dev', name, 'vid', formatRange(vids)],
      ...['tunnel_info', 'id', first === last ? String(first) : `${first}-${last}`],
    ],
  }));
}

/** The one `ip link set` for these settings. */
export function setBridge(bridge: string, settings: BridgeSettings): Command {
  const { protocol, defaultPvid, filtering } = settings;
  const words = [
    ...(protocol === undefined ? [] : ['vlan_protocol', protocol]),
    ...(defaultPvid === undefined ? [] : ['vlan_default_pvid', String(defaultPvid ?? 0)]),
    ...(filtering === undefined ? [] : ['vlan_filtering', filtering ? '1' : '0']),
  ];
  return {
    purpose: { kind: 'set-bridge', settings },
    dev: bridge,
    tool: 'ip',
    args: ['link', 'set', 'dev', bridge, 'type', 'bridge', ...words],
  };
}

/**
 * What a new default PVID does to a port (br_vlan.c __br_vlan_set_default_pvid): a port with the old default as its
 * PVID, untagged, moves to the new one. A port with another PVID, or that is already a member of the new VLAN, does not
 * change.
 */
export function afterDefaultPvid(have: PortVlans, old: Vid | null, next: Vid | null): PortVlans {
  const holdsOld = old !== null && have.pvid === old && have.vlans.get(old) === 'untagged';
  const vlans = new Map(have.vlans);
  if (next === null) {
    if (!holdsOld) return have;
    vlans.delete(old);
    return { pvid: null, vlans };
  }
  if ((old !== null && !holdsOld) || have.vlans.has(next)) return have;
  vlans.set(next, 'untagged');
  if (old !== null) vlans.delete(old);
  return { pvid: next, vlans };
}
