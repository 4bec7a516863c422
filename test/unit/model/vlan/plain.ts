import type { PortVlans } from '../../../../lib/model/vlan/port_vlans';

/** VLANs as plain data in one order, so that Jest compares and prints them. */
export function plain({ pvid, vlans }: PortVlans): { pvid: number | null; vlans: [number, string][] } {
  return { pvid, vlans: [...vlans].sort(([a], [b]) => a - b) };
}
