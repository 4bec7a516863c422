import type { PortVlans } from '../../../lib/types';
import type { BridgePort } from '../../../lib/vlan/host';

/** A port of a bridge, as `readHost` tells it where only its VLANs matter. */
export function bridgePort(name: string, vlans: PortVlans, bridge = 'br0'): BridgePort {
  return { name, bridge, vlans, flags: {}, isUp: true };
}
