import { type PortVlans, vidsLeaving } from './port_vlans';
import { formatVidList } from './vid_list';

/** The VLANs of a port without its PVID: `200,300-399`, or `200, untagged 5` if one leaves untagged. */
export function taggedText(vlans: PortVlans): string {
  if (vlans.vlans.size === (vlans.pvid !== null && vlans.vlans.has(vlans.pvid) ? 1 : 0)) return '-';
  const untagged = vidsLeaving(vlans, 'untagged');
  const parts = [
    formatVidList(vidsLeaving(vlans, 'tagged')),
    untagged.length > 0 ? `untagged ${formatVidList(untagged)}` : '',
  ];
  return parts.filter((part) => part !== '').join(', ') || '-';
}

/** `100`, `none`, or `100 tagged` if frames of the PVID's VLAN leave tagged. */
export function pvidText({ pvid, vlans }: PortVlans): string {
  if (pvid === null) return 'none';
  const egress = vlans.get(pvid);
  return egress === 'untagged' ? String(pvid) : egress === 'tagged' ? `${pvid} tagged` : `${pvid} dropped`;
}
