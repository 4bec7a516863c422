import type { Bridge, BridgePort } from '../vlan/host';

/**
 * Why the VLANs of a guest's port do not count, in words, where lib/plugins/check_port.ts would refuse them; empty
 * where they count.
 *
 * @param bridge the one that the port is in
 * @param expected where it should be, by its section or the guest's XML; null: nothing says
 */
export function misplaced(port: BridgePort, bridge: Bridge | undefined, expected: string | null): string[] {
  return [
    ...(expected === null || port.bridge === expected ? [] : [`in ${port.bridge}, not ${expected}`]),
    ...(bridge?.filtering === true ? [] : [`bridge ${port.bridge} does not filter VLANs`]),
  ];
}
