import type { BridgePort } from '../model/host/host';
import { describeFlags, type PortFlags } from '../model/vlan/port_flags';
import { describePortVlans } from '../model/vlan/port_vlans';

/** @param asked the wanted flags: others are left out */
export function describePort(
  { vlans, flags }: Pick<BridgePort, 'vlans' | 'flags'>,
  asked: PortFlags,
): string {
  const shown = Object.fromEntries(Object.entries(flags).filter(([flag]) => Object.hasOwn(asked, flag)));
  return [describePortVlans(vlans), describeFlags(shown)].filter((text) => text !== '').join('; ');
}
