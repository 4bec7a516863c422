import { shellQuote } from '../text/shell_quote';
import { describePortVlans } from '../model/vlan/port_vlans';
import { formatVidList } from '../model/vlan/vid_list';
import type { Contradiction } from './contradiction';
import { remedyFor } from './remedy';

/** What is wrong, what comes of it, and the command that ends it. */
export interface Described {
  readonly message: string;
  readonly remedy: string;
}

/** A contradiction in words: the only place where they are made. */
export function describeContradiction(found: Contradiction): Described {
  return { message: messageOf(found), remedy: remedyFor(found) };
}

function messageOf(found: Contradiction): string {
  const { bridge } = found;
  switch (found.code) {
    case 'nm-filtering-off':
      return (
        `${profileOf(found.profile)} says vlan-filtering no: to activate ${bridge} or a port of it ` +
        'lets every guest hear every VLAN'
      );
    case 'nm-not-applied':
      return (
        `${profileOf(found.profile)} says vlan-filtering yes, but that is not applied yet: to activate a port of ${bridge} ` +
        'lets every guest hear every VLAN'
      );
    case 'nm-default-pvid':
      return (
        `${profileOf(found.profile)} has default PVID ${found.has ?? 'none'}, conf ${found.wanted ?? 'none'}: ` +
        `when NetworkManager resets ${bridge}, guests' ports change`
      );
    case 'nm-resets-to-vlan':
      return (
        `${profileOf(found.profile)} has default PVID ${found.has}, conf does not say any: when NetworkManager resets ` +
        `${bridge}, guests are in VLAN ${found.has} until kvmvlan-repair.service has run`
      );
    case 'nm-vlans':
      return (
        `${profileOf(found.profile)} gives ${found.dev} ${describePortVlans(found.has)} when it is activated, ` +
        `conf says ${describePortVlans(found.wanted)}`
      );
    case 'networkd-filtering-off':
      return `${found.file} says VLANFiltering=no: ${NETWORKD_ACTS} lets every guest on ${bridge} hear every VLAN`;
    case 'networkd-default-pvid':
      return (
        `${found.file} says DefaultPVID=${found.has ?? 'none'}, ${bridge} should have ${found.wanted ?? 'none'}: ` +
        `${NETWORKD_ACTS} changes guests' ports`
      );
    case 'networkd-vlans': {
      const what = [
        ...(found.missing.vlans.size === 0
          ? []
          : [`takes VLAN ${formatVidList(found.missing.vlans.keys())} off it`]),
        ...(found.extra.length === 0 ? [] : [`adds VLAN ${formatVidList(found.extra)}`]),
        ...(found.pvid === undefined ? [] : [`sets PVID ${found.pvid ?? 'none'}`]),
      ];
      return (
        `[BridgeVLAN] of ${found.dev} in ${found.file} ${what.join(', ')} when systemd-networkd configures it; ` +
        `conf says ${describePortVlans(found.wanted)}`
      );
    }
    case 'networkd-takes-taps': {
      const where = found.into === null ? `off ${bridge}` : `from ${bridge} into ${found.into}`;
      return `${found.file} matches guests' ports${such(found.taps)}: systemd-networkd takes them ${where}`;
    }
    case 'ifupdown2-filtering-off':
      return `${at(found.place)}: ${bridge} is not bridge-vlan-aware: ${IFUPDOWN2_ACTS} lets every guest hear every VLAN`;
    case 'ifupdown2-drops-taps': {
      const why =
        found.regex === null ? 'no bridge-ports-condone-regex' : `${found.regex} does not match them`;
      return `${at(found.place)}: ${IFUPDOWN2_ACTS} takes guests' ports${such(found.taps)} off ${bridge}: ${why}`;
    }
    case 'ifupdown2-vlans':
      return (
        `${at(found.place)}: ${IFUPDOWN2_ACTS} gives ${found.dev} ${describePortVlans(found.has)}, ` +
        `conf says ${describePortVlans(found.wanted)}`
      );
    case 'two-managers':
      return `bridge ${bridge} is managed by ${found.names.join(' and ')}: one may undo what the other does`;
  }
}

/** What makes systemd-networkd look at a .netdev file again: 252 only the former, 257 both. */
const NETWORKD_ACTS = 'to restart or reload systemd-networkd';

const IFUPDOWN2_ACTS = 'each ifreload or ifup';

function profileOf({ id, file }: { id: string | null; file: string }): string {
  return `NetworkManager's profile ${shellQuote(id ?? file)}`;
}

/** Some ports by name; nothing where none of those that run is concerned, but the next ones will be. */
function such(taps: readonly string[]): string {
  return taps.length === 0 ? '' : ` (${taps.join(', ')})`;
}

function at({ file, line, option }: { file: string; line: number; option: number | null }): string {
  return `${file}:${option ?? line}`;
}
