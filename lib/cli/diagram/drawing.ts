import type { PortVlans } from '../../model/vlan/port_vlans';
import type { RouteState } from '../../plan/routes/routed_view';
import type { PortState, Switch } from '../../plan/switch/switch';
import { oneLine } from '../../text/one_line';

/** A cable between the switch, or the router, and a guest, a trunk, an uplink or the host. */
export interface DrawnPort {
  readonly name: string;
  /** Shown after the port's name: `net0`; empty: nothing. */
  readonly detail: string;
  /** null: the cable is not the switch's. */
  readonly vlans: PortVlans | null;
  /** What is shown in place of VLANs: addresses. */
  readonly words: readonly string[];
  readonly state: PortState | RouteState;
}

/** A guest with its ports, or the trunks, or the tunnels. */
export interface DrawnBlock {
  readonly title: string;
  readonly ports: readonly DrawnPort[];
}

/** The data of a drawing: trunks and tunnels on the left, guests on the right, the host below. Its texts are safe to show. */
export interface Drawing {
  readonly title: string;
  readonly subtitle: string;
  readonly left: readonly DrawnBlock[];
  readonly right: readonly DrawnBlock[];
  /** null: the host's own port is not shown. */
  readonly host: DrawnPort | null;
}

/** Converts a switch into its drawing. */
export function toDrawing({ bridge, ports }: Switch): Drawing {
  const drawn = ports.map((port) => ({
    ...port,
    block: port.guest === null ? (port.role === 'other' ? 'no guest' : port.role) : oneLine(port.guest),
    drawn: {
      name: oneLine(port.name),
      detail: oneLine(port.iface?.alias ?? ''),
      vlans: port.vlans,
      words: [],
      state: port.state,
    },
  }));
  const blocks = (isHere: (role: string) => boolean): DrawnBlock[] => {
    const here = drawn.filter(({ role }) => isHere(role));
    const titles = [...new Set(here.map(({ block }) => block))];
    return titles.map((title) => ({
      title,
      ports: here.filter(({ block }) => block === title).map((port) => port.drawn),
    }));
  };
  return {
    title: oneLine(bridge.name),
    subtitle: bridge.filtering ? `filters VLANs, ${bridge.protocol}` : 'does not filter VLANs',
    left: blocks((role) => role === 'trunk' || role === 'tunnel'),
    right: blocks((role) => role === 'guest' || role === 'other'),
    host: drawn.find(({ role }) => role === 'host')?.drawn ?? null,
  };
}
