import { portVlans } from '../../../lib/model/vlan/port_vlans';
import type { Vid } from '../../../lib/model/vlan/vid';
import type { BridgeVlans, MovedVlan } from '../../../lib/network/backend';

/** The VLANs that the section has which `bridge create` writes. */
export function plainVlans(vlans: readonly MovedVlan[]): BridgeVlans {
  const list = portVlans({ pvid: 1 as Vid, tagged: vlans.map(({ vid }) => vid) });
  return { own: list, trunk: list, isAuto: true };
}
