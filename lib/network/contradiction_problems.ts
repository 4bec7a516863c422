import type { Problem } from '../model/problem';
import { shellQuote } from '../text/shell_quote';
import { describePortVlans } from '../model/vlan/port_vlans';
import { formatVidList } from '../model/vlan/vid_list';
import type { Contradiction } from './contradiction';
import { remedyFor } from './remedy';

/** What is wrong, its consequence, and the command that fixes it. */
export interface Described {
  readonly message: string;
  readonly remedy: string;
}

/** Describes a contradiction. All of its messages are written in this file. */
export function describeContradiction(found: Contradiction): Described {
  return { message: messageOf(found), remedy: remedyFor(found) };
}

/** The same as a problem of a run. */
export function contradictionProblem(found: Contradiction): Problem {
  const { message, remedy } = describeContradiction(found);
  return {
    level: 'warning',
    code: 'network-manager',
    message: `${message}.`,
    hint: `Run \`${remedy.replace(/ {3}#.*$/, '')}\`.`,
    subject: { bridge: found.bridge },
  };
}

function messageOf(found: Contradiction): string {
  const { bridge } = found;
  switch (found.code) {
    case 'nm-filtering-off':
      return (
        `${profileOf(found.profile)} says vlan-filtering no: when ${bridge} or one of its ports is activated, ` +
        'every guest receives the frames of every VLAN'
      );
    case 'nm-not-applied':
      return (
        `${profileOf(found.profile)} says vlan-filtering yes, but it is not applied yet: when a port of ${bridge} is ` +
        'activated, every guest receives the frames of every VLAN'
      );
    case 'nm-default-pvid':
      return (
        `${profileOf(found.profile)} has default PVID ${found.has ?? 'none'}, conf has ${found.wanted ?? 'none'}: ` +
        `when NetworkManager resets ${bridge}, guests' ports change`
      );
    case 'nm-resets-to-vlan':
      return (
        `${profileOf(found.profile)} has default PVID ${found.has}, conf does not set one: when NetworkManager ` +
        `resets ${bridge}, guests are in VLAN ${found.has} until kvmvlan-repair.service has run`
      );
    case 'nm-vlans':
      return (
        `${profileOf(found.profile)} sets ${found.dev} to ${describePortVlans(found.has)} when it is activated; ` +
        `conf says ${describePortVlans(found.wanted)}`
      );
    case 'networkd-filtering-off':
      return (
        `${found.file} says VLANFiltering=no: when ${NETWORKD_ACTS}, every guest on ${bridge} receives the frames ` +
        'of every VLAN'
      );
    case 'networkd-default-pvid':
      return (
        `${found.file} says DefaultPVID=${found.has ?? 'none'}, ${bridge} should have ${found.wanted ?? 'none'}: ` +
        `when ${NETWORKD_ACTS}, guests' ports change`
      );
    case 'networkd-vlans': {
      const what = [
        ...(found.missing.vlans.size === 0
          ? []
          : [`removes VLAN ${formatVidList(found.missing.vlans.keys())}`]),
        ...(found.extra.length === 0 ? [] : [`adds VLAN ${formatVidList(found.extra)}`]),
        ...(found.pvid === undefined ? [] : [`sets PVID ${found.pvid ?? 'none'}`]),
      ];
      return (
        `[BridgeVLAN] of ${found.dev} in ${found.file} ${what.join(', ')} when systemd-networkd configures it; ` +
        `conf says ${describePortVlans(found.wanted)}`
      );
    }
    case 'networkd-takes-taps': {
      const what =
        found.into === null ? `removes them from ${bridge}` : `moves them from ${bridge} to ${found.into}`;
      return `${found.file} matches guests' ports${such(found.taps)}: systemd-networkd ${what}`;
    }
    case 'ifupdown2-filtering-off':
      return (
        `${at(found.place)}: ${bridge} is not bridge-vlan-aware: after ${IFUPDOWN2_ACTS}, every guest receives the ` +
        'frames of every VLAN'
      );
    case 'ifupdown2-drops-taps': {
      const why =
        found.regex === null ? 'no bridge-ports-condone-regex' : `${found.regex} does not match them`;
      return `${at(found.place)}: ${IFUPDOWN2_ACTS} removes guests' ports${such(found.taps)} from ${bridge}: ${why}`;
    }
    case 'ifupdown2-vlans':
      return (
        `${at(found.place)}: ${IFUPDOWN2_ACTS} sets ${found.dev} to ${describePortVlans(found.has)}; ` +
        `conf says ${describePortVlans(found.wanted)}`
      );
    case 'two-managers':
      return `bridge ${bridge} is managed by ${found.names.join(' and ')}: each can undo the changes of the other`;
  }
}

/** When systemd-networkd reads a .netdev file again: 252 only at a restart, 257 also at a reload. */
const NETWORKD_ACTS = 'systemd-networkd is restarted or reloaded';

const IFUPDOWN2_ACTS = 'each ifreload or ifup';

function profileOf({ id, file }: { id: string | null; file: string }): string {
  return `NetworkManager's profile ${shellQuote(id ?? file)}`;
}

/** The names of ports in parentheses. Empty if no current port is affected: then only future ports are. */
function such(taps: readonly string[]): string {
  return taps.length === 0 ? '' : ` (${taps.join(', ')})`;
}

function at({ file, line, option }: { file: string; line: number; option: number | null }): string {
  return `${file}:${option ?? line}`;
}
