import type { Bridge, BridgePort } from '../../../lib/model/host/host';
import { PORT_FLAGS, type PortFlag, type PortFlags } from '../../../lib/model/vlan/port_flags';
import type { Egress, PortVlans } from '../../../lib/model/vlan/port_vlans';
import type { Vid } from '../../../lib/model/vlan/vid';
import { bridgePort } from '../model/host/host_parts';
import { readBridgeCommand, readFlagsCommand, readLinkCommand, type BridgeCommand } from './read_command';
import { Refused } from './refused';

/** A port as it is at first; flags that are not said are as the kernel has them at first. */
export type InitialPort = Pick<BridgePort, 'name' | 'bridge' | 'vlans'> &
  Partial<Pick<BridgePort, 'index' | 'kind' | 'tunnels'>> & { readonly flags?: PortFlags };

/** br_add_if: BR_LEARNING | BR_FLOOD | BR_MCAST_FLOOD, all else off. */
const INITIAL_FLAGS = Object.fromEntries(
  Object.keys(PORT_FLAGS).map((flag) => [flag, ['learning', 'flood', 'mcast_flood'].includes(flag)]),
) as Record<PortFlag, boolean>;

/** Called after each VID that changed: the moments at which frames may be forwarded. */
export type Moment = () => void;

/** `tunnels`: what vlan_tunnel maps; absent: it is off. */
type VlanGroup = { pvid: Vid | null; vlans: Map<Vid, Egress>; tunnels?: Map<Vid, number> };
type BridgeState = Omit<Bridge, 'vlans'> & {
  -readonly [K in 'filtering' | 'protocol' | 'defaultPvid']: Bridge[K];
};

/**
 * A small model of the kernel's VLAN rules (net/bridge/br_vlan.c, br_netlink.c) behind the arguments of `bridge` and
 * `ip`. It is written after the C functions named below, not after the planners that it checks.
 */
export class KernelModel {
  private readonly bridges = new Map<string, BridgeState>();
  /** By interface: those of ports, and of bridges as ports of their own. */
  private readonly groups = new Map<string, VlanGroup>();
  private readonly masters = new Map<string, string>();
  private readonly flags = new Map<string, Record<PortFlag, boolean>>();
  /** What is not as the name says, by interface. */
  private readonly devices = new Map<string, Partial<Pick<BridgePort, 'index' | 'kind'>>>();

  constructor(bridges: readonly Bridge[], ports: readonly InitialPort[]) {
    for (const { name, filtering, protocol, defaultPvid, vlans } of bridges) {
      this.bridges.set(name, { name, filtering, protocol, defaultPvid });
      this.groups.set(name, groupOf(vlans));
    }
    for (const port of ports) this.join(port);
  }

  /** Makes an interface a port with the given VLANs. */
  join({ name, bridge, vlans, flags, index, kind, tunnels = null }: InitialPort): void {
    this.devices.set(name, {
      ...(index === undefined ? {} : { index }),
      ...(kind === undefined ? {} : { kind }),
    });
    this.masters.set(name, bridge);
    this.groups.set(name, {
      ...groupOf(vlans),
      ...(tunnels === null ? {} : { tunnels: new Map(tunnels) }),
    });
    this.flags.set(name, { ...INITIAL_FLAGS, ...flags });
  }

  /** The port vanishes, as when its guest ends. */
  remove(name: string): void {
    this.masters.delete(name);
    this.groups.delete(name);
    this.flags.delete(name);
  }

  /** As it is, not a copy: it changes with the next command. */
  vlansOf(dev: string): PortVlans {
    const group = this.groups.get(dev);
    if (group === undefined) throw new Refused(`Cannot find device "${dev}"`);
    return group;
  }

  /** What vlan_tunnel maps. */
  private tunnelsOf(dev: string): BridgePort['tunnels'] {
    const tunnels = this.groups.get(dev)?.tunnels;
    return tunnels === undefined ? null : new Map(tunnels);
  }

  bridgeNames(): string[] {
    return [...this.bridges.keys()];
  }

  bridge(name: string): Bridge {
    return { ...this.bridgeState(name), vlans: groupOf(this.vlansOf(name)) };
  }

  isFiltering(name: string): boolean {
    return this.bridgeState(name).filtering;
  }

  /** All ports, or those of one bridge. */
  ports(bridge?: string): BridgePort[] {
    return [...this.masters]
      .filter(([, master]) => bridge === undefined || master === bridge)
      .map(([name, master]) => ({
        ...bridgePort(name, groupOf(this.vlansOf(name)), master),
        ...this.devices.get(name),
        flags: { ...INITIAL_FLAGS, ...this.flags.get(name) },
        tunnels: this.tunnelsOf(name),
      }));
  }

  /** `bridge vlan add|del …`, `bridge link set …`. */
  runBridge(words: readonly string[], moment: Moment = () => undefined): void {
    if (words[0] === 'link') return this.setFlags(words, moment);
    const command = readBridgeCommand(words);
    const group = this.target(command);
    for (let vid: number = command.first; vid <= command.last; vid++) {
      if (command.tunnel !== undefined) mapVlan(group, vid as Vid, command.tunnel + vid - command.first);
      else if (command.action === 'add') addVlan(group, vid as Vid, command);
      else deleteVlan(group, vid as Vid);
      moment();
    }
  }

  /** `ip link set dev BRIDGE type bridge …`, in the order of br_changelink. */
  runIp(words: readonly string[], moment: Moment = () => undefined): void {
    const { dev, filtering, protocol, defaultPvid } = readLinkCommand(words);
    const bridge = this.bridgeState(dev);
    if (filtering !== undefined) bridge.filtering = filtering;
    if (protocol !== undefined) bridge.protocol = protocol;
    if (defaultPvid !== undefined) this.setDefaultPvid(bridge, defaultPvid);
    moment();
  }

  private setFlags(words: readonly string[], moment: Moment): void {
    const { dev, flags } = readFlagsCommand(words);
    const have = this.flags.get(dev);
    if (have === undefined) throw new Refused(this.missing(dev));
    Object.assign(have, flags);
    moment();
  }

  private missing(dev: string): string {
    return this.bridges.has(dev)
      ? 'RTNETLINK answers: Operation not supported'
      : `Cannot find device "${dev}"`;
  }

  private bridgeState(name: string): BridgeState {
    const bridge = this.bridges.get(name);
    if (bridge === undefined) throw new Refused(`Cannot find device "${name}"`);
    return bridge;
  }

  private target({ dev, self }: BridgeCommand): VlanGroup {
    const group = this.groups.get(dev);
    if (group === undefined) throw new Refused(`Cannot find device "${dev}"`);
    // rtnl_bridge_setlink: `master` (the default) goes to the port's bridge, `self` to the device's own driver.
    if (self !== this.bridges.has(dev)) throw new Refused('RTNETLINK answers: Operation not supported');
    return group;
  }

  /** br_vlan_set_default_pvid. */
  private setDefaultPvid(bridge: BridgeState, next: Vid | null): void {
    const old = bridge.defaultPvid;
    if (next === old) return;
    if (bridge.filtering) throw new Refused('RTNETLINK answers: Operation not permitted');
    const groups = [bridge.name, ...this.ports(bridge.name).map(({ name }) => name)].flatMap(
      (name) => this.groups.get(name) ?? [],
    );
    for (const group of groups) {
      const holdsOld = old !== null && isDefaultPvid(group, old);
      if (next === null) {
        // br_vlan_disable_default_pvid
        if (holdsOld) deleteVlan(group, old);
        continue;
      }
      // __br_vlan_set_default_pvid: only where it is not in conflict with what somebody has set.
      if ((old !== null && !holdsOld) || group.vlans.has(next)) continue;
      addVlan(group, next, { pvid: true, untagged: true });
      if (old !== null) deleteVlan(group, old);
    }
    bridge.defaultPvid = next;
  }
}

/** br_vlan_add, nbp_vlan_add, __vlan_flags_update: a member's flags are replaced by the new ones. */
function addVlan(group: VlanGroup, vid: Vid, flags: { pvid: boolean; untagged: boolean }): void {
  group.vlans.set(vid, flags.untagged ? 'untagged' : 'tagged');
  if (flags.pvid) group.pvid = vid;
  else if (group.pvid === vid) group.pvid = null;
}

/** br_vlan_delete, nbp_vlan_delete, which also removes its mapping: for a VID that is not there br_vlan_info reports no error. */
function deleteVlan(group: VlanGroup, vid: Vid): void {
  group.vlans.delete(vid);
  group.tunnels?.delete(vid);
  if (group.pvid === vid) group.pvid = null;
}

/** br_vlan_tunnel.c __vlan_tunnel_info_add: of a member only, one VNI a VLAN and one VLAN a VNI. */
function mapVlan({ vlans, tunnels }: VlanGroup, vid: Vid, vni: number): void {
  if (tunnels === undefined || !vlans.has(vid)) throw new Refused('RTNETLINK answers: Invalid argument');
  if (tunnels.has(vid) || [...tunnels.values()].includes(vni))
    throw new Refused('RTNETLINK answers: File exists');
  tunnels.set(vid, vni);
}

/** vlan_default_pvid. */
function isDefaultPvid(group: VlanGroup, vid: Vid): boolean {
  return group.pvid === vid && group.vlans.get(vid) === 'untagged';
}

function groupOf({ pvid, vlans }: PortVlans): VlanGroup {
  return { pvid, vlans: new Map(vlans) };
}
