import type { Bridge, BridgePort, VlanProtocol } from '../model/host/host';
import type { PortVlans } from '../model/vlan/port_vlans';
import type { Vid } from '../model/vlan/vid';
import { planPorts, vlanCommandArgs, type PortChange } from './plan_ports';

/** What a bridge should be; an absent setting is left alone. */
export interface BridgeWish {
  readonly filtering?: boolean;
  readonly protocol?: VlanProtocol;
  readonly defaultPvid?: Vid | null;
  /** The VLANs of the bridge itself. */
  readonly own?: PortVlans;
  /** The VLANs of ports of it, by the ports' names. */
  readonly ports: ReadonlyMap<string, PortVlans>;
}

/** Commands of one tool, to be run in one go; the next step only after all of them succeeded. */
export interface Step {
  readonly tool: 'ip' | 'bridge';
  readonly commands: readonly (readonly string[])[];
}

/**
 * The steps that make a bridge what it should be without a moment at which the host is cut off: settings that need
 * filtering off come first, then all that is added, then filtering is turned on, and only then something is deleted.
 * `ports` are all ports of the bridge: a new default PVID moves those that hold the old one, and they are put back.
 */
export function planBridge(bridge: Bridge, ports: readonly BridgePort[], wish: BridgeWish): Step[] {
  const settings: string[] = [];
  let shift = (have: PortVlans): PortVlans => have;
  if (wish.protocol !== undefined && wish.protocol !== bridge.protocol) {
    settings.push('vlan_protocol', wish.protocol);
  }
  const next = wish.defaultPvid;
  if (next !== undefined && next !== bridge.defaultPvid) {
    settings.push('vlan_default_pvid', String(next ?? 0));
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
  const adds = vlans.filter(({ action }) => action === 'add').map(vlanCommandArgs);
  const deletes = vlans.filter(({ action }) => action === 'del').map(vlanCommandArgs);
  const set = (...args: string[]): Step => ({
    tool: 'ip',
    commands: [['link', 'set', 'dev', bridge.name, 'type', 'bridge', ...args]],
  });
  const steps: Step[] = [];
  if (settings.length > 0) steps.push(set(...settings));
  if (wish.filtering === undefined || wish.filtering === bridge.filtering) {
    steps.push({ tool: 'bridge', commands: [...adds, ...deletes] });
  } else {
    steps.push({ tool: 'bridge', commands: adds });
    steps.push(set('vlan_filtering', wish.filtering ? '1' : '0'));
    steps.push({ tool: 'bridge', commands: deletes });
  }
  return steps.filter(({ commands }) => commands.length > 0);
}

/**
 * What a new default PVID does to a port (br_vlan.c __br_vlan_set_default_pvid): where the port holds the old one,
 * untagged, it moves; where it holds another one, or is a member of the new one already, nothing happens.
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
