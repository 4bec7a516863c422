import { type PortVlans, portVlans, samePortVlans, vidsLeaving } from '../../model/vlan/port_vlans';
import type { Vid } from '../../model/vlan/vid';
import type { BridgeVlans } from '../backend';
import { formatRange, toRanges } from '../../model/vlan/vid_list';

/** What the files of a bridge and its port say about VLANs. */
export interface VlanSections {
  readonly defaultPvid: Vid | null;
  /** Of the bridge; empty: the default PVID is all that it needs. */
  readonly own: string;
  readonly trunk: string;
}

/**
 * From this version on, systemd removes every VLAN that [BridgeVLAN] does not list. Before, it only adds. Source:
 * NEWS of 256.
 */
export const EXCLUSIVE_SINCE = 256;

/**
 * [BridgeVLAN] is left out where the host needs nothing but the default PVID. Otherwise it lists all VLANs of the
 * section in conf.
 */
export function vlanSections({ defaultPvid, own, trunk }: BridgeVlans): VlanSections {
  const pvid = defaultPvid === undefined ? own.pvid : defaultPvid;
  return samePortVlans(own, portVlans({ pvid }))
    ? { defaultPvid: pvid, own: '', trunk: '' }
    : { defaultPvid: pvid, own: bridgeVlanSection(own), trunk: bridgeVlanSection(trunk) };
}

/**
 * Whether systemd-networkd removes the VLANs of guests from the port whenever it configures it again: they are in no
 * file.
 *
 * @param version of systemd; null: not known
 */
export function losesGuests(vlans: BridgeVlans, version: number | null): boolean {
  return vlans.isAuto && vlanSections(vlans).trunk !== '' && (version ?? EXCLUSIVE_SINCE) >= EXCLUSIVE_SINCE;
}

/** The [BridgeVLAN] section of systemd.network(5) that gives a port these VLANs. */
export function bridgeVlanSection(vlans: PortVlans): string {
  const { pvid } = vlans;
  const lines = ['[BridgeVLAN]'];
  if (pvid !== null) lines.push(`PVID=${pvid}`);
  const untagged = vidsLeaving(vlans, 'untagged');
  const isUntagged = pvid !== null && vlans.vlans.get(pvid) === 'untagged';
  for (const range of toRanges(isUntagged ? [pvid, ...untagged] : untagged))
    lines.push(`EgressUntagged=${formatRange(range)}`);
  for (const range of toRanges(vidsLeaving(vlans, 'tagged'))) lines.push(`VLAN=${formatRange(range)}`);
  return `${lines.join('\n')}\n`;
}
