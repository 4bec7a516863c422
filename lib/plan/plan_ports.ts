import type { Egress, PortVlans } from '../model/vlan/port_vlans';
import type { Vid } from '../model/vlan/vid';
import { formatRange, toRanges, type VidRange } from '../model/vlan/vid_list';
import type { Command } from './step';

/** What one port has and what it should have. */
export interface PortChange {
  /** The interface's name: a port, or with `self` the bridge itself. */
  readonly dev: string;
  readonly self: boolean;
  readonly have: PortVlans;
  readonly want: PortVlans;
}

/** One `bridge vlan add` or `bridge vlan del`. */
export interface VlanCommand {
  readonly dev: string;
  readonly self: boolean;
  readonly action: 'add' | 'del';
  readonly range: VidRange;
  readonly pvid: boolean;
  readonly untagged: boolean;
}

/**
 * The commands that bring ports from their current to their wanted VLANs, in an order that never removes a VLAN that is
 * both current and wanted: first new VLANs, then PVIDs, then changes between tagged and untagged, and deletes last.
 * VLANs that are already as wanted are not touched; equal ports need no command.
 *
 * The kernel's rules for this (net/bridge/br_vlan.c): adding a VID with `pvid` moves the PVID in one step, and the
 * previous VID stays a member as it was. Adding a member again replaces its flags, so adding the PVID's VID without
 * `pvid` removes the PVID.
 */
export function planPorts(ports: readonly PortChange[]): VlanCommand[] {
  const hostPvids = new Set(ports.filter((port) => port.self).map((port) => port.want.pvid));
  const stages: VlanCommand[][] = [[], [], [], []];
  for (const port of ports) {
    const [members, pvids, changes, deletes] = planPort(port, hostPvids);
    stages[0]?.push(...members);
    stages[1]?.push(...pvids);
    stages[2]?.push(...changes);
    stages[3]?.push(...deletes);
  }
  return stages.flat();
}

type Stages = [VlanCommand[], VlanCommand[], VlanCommand[], VlanCommand[]];

function planPort(port: PortChange, hostPvids: ReadonlySet<Vid | null>): Stages {
  const { have, want } = port;
  const isNew: [Vid, Egress][] = [];
  const isChanged: [Vid, Egress][] = [];
  const pvids: VlanCommand[] = [];
  for (const [vid, egress] of want.vlans) {
    const untagged = egress === 'untagged';
    if (vid === want.pvid) {
      if (have.pvid === vid && have.vlans.get(vid) === egress) continue;
      pvids.push({ ...target(port), action: 'add', range: [vid, vid], pvid: true, untagged });
      // The VLAN of the host itself: before the first PVID moves, every port is a member of it, and frames leave it as
      // they will later. So no frame is lost.
      if (hostPvids.has(vid) && have.pvid !== vid && have.vlans.get(vid) !== egress)
        isNew.push([vid, egress]);
    } else if (!have.vlans.has(vid)) {
      isNew.push([vid, egress]);
    } else if (have.vlans.get(vid) !== egress || (have.pvid === vid && want.pvid === null)) {
      isChanged.push([vid, egress]);
    }
  }
  const gone = [...have.vlans.keys()].filter((vid) => !want.vlans.has(vid));
  return [
    addCommands(port, isNew),
    pvids,
    addCommands(port, isChanged),
    toRanges(gone).map((range) => ({
      ...target(port),
      action: 'del' as const,
      range,
      pvid: false,
      untagged: false,
    })),
  ];
}

function addCommands(port: PortChange, members: readonly [Vid, Egress][]): VlanCommand[] {
  return (['untagged', 'tagged'] as const).flatMap((egress) =>
    toRanges(members.filter(([, way]) => way === egress).map(([vid]) => vid)).map((range) => ({
      ...target(port),
      action: 'add' as const,
      range,
      pvid: false,
      untagged: egress === 'untagged',
    })),
  );
}

function target({ dev, self }: PortChange): Pick<VlanCommand, 'dev' | 'self'> {
  return { dev, self };
}

/** The arguments of `bridge` for a command: `vlan add dev veth0 vid 100 pvid untagged`. Source: bridge(8). */
export function vlanCommandArgs(command: VlanCommand): string[] {
  const args = ['vlan', command.action, 'dev', command.dev, 'vid', formatRange(command.range)];
  if (command.pvid) args.push('pvid');
  if (command.untagged) args.push('untagged');
  if (command.self) args.push('self');
  return args;
}

/** The command of `bridge` for it, with its purpose. */
export function toCommand(command: VlanCommand): Command {
  return {
    purpose: { kind: command.action === 'add' ? 'add-vlans' : 'delete-vlans' },
    dev: command.dev,
    tool: 'bridge',
    args: vlanCommandArgs(command),
  };
}
