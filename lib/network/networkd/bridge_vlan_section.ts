import { type PortVlans, vidsLeaving } from '../../model/vlan/port_vlans';
import { formatRange, toRanges } from '../../model/vlan/vid_list';

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
