import type { FrameTag } from '../../model/dhcp/datagram';
import type { Bridge } from '../../model/host/host';
import type { PortVlans } from '../../model/vlan/port_vlans';
import { toVid, type Vid } from '../../model/vlan/vid';

/**
 * The VLAN in which the bridge forwards a frame that passes one of its ports. null: none, because the bridge does not
 * filter, or the frame has no tag and the port no VLAN for it.
 *
 * @param isOut whether the bridge sends it out through the port
 */
export function vlanOfFrame(
  [outer]: readonly FrameTag[],
  { filtering, protocol }: Pick<Bridge, 'filtering' | 'protocol'>,
  { pvid, vlans }: PortVlans,
  isOut: boolean,
): Vid | null {
  if (!filtering) return null;
  // A tag of the other protocol is content, and one with VID 0 contains only a priority (br_vlan.c __allowed_ingress).
  if (outer?.protocol === protocol && outer.vid !== 0) return toVid(outer.vid);
  if (!isOut || (pvid !== null && vlans.get(pvid) === 'untagged')) return pvid;
  return [...vlans].find(([, egress]) => egress === 'untagged')?.[0] ?? null;
}
