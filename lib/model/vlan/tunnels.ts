import type { Egress, PortVlans } from './port_vlans';
import type { Vid } from './vid';
import { formatRange } from './vid_list';

/** The VNI of each VLAN that a port with vlan_tunnel sends through a tunnel, as `bridge vlan tunnelshow` prints them. */
export type Tunnels = ReadonlyMap<Vid, number>;

/** Consecutive VIDs with consecutive VNIs, both ends included. */
interface TunnelRange {
  readonly vids: readonly [Vid, Vid];
  readonly vnis: readonly [number, number];
}

/** The runs of a mapping, ascending. */
export function tunnelRanges(tunnels: Tunnels): TunnelRange[] {
  const ranges: { vids: [Vid, Vid]; vnis: [number, number] }[] = [];
  for (const [vid, vni] of [...tunnels].sort(([a], [b]) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && vid === last.vids[1] + 1 && vni === last.vnis[1] + 1) {
      last.vids[1] = vid;
      last.vnis[1] = vni;
    } else ranges.push({ vids: [vid, vid], vnis: [vni, vni] });
  }
  return ranges;
}

/** `10 -> vni 10010, 20-22 -> vni 10020-10022`: one line for people. */
export function describeTunnels(tunnels: Tunnels): string {
  const words = tunnelRanges(tunnels).map(
    ({ vids, vnis: [first, last] }) =>
      `${formatRange(vids)} -> vni ${first === last ? first : `${first}-${last}`}`,
  );
  return words.join(', ') || 'no VLAN has a vni';
}

/**
 * The mapped VLANs that a port with these VLANs does not send through the tunnel: it is no member, or they lose their tag
 * before the tunnel takes them (br_vlan.c br_handle_vlan).
 *
 * @param tunnels null: the port has none
 */
export function cutTunnels(tunnels: Tunnels | null, { vlans }: PortVlans): Vid[] {
  return [...(tunnels?.keys() ?? [])].filter((vid) => vlans.get(vid) !== 'tagged');
}

/** The VLANs of a port, with those tagged whose tunnel they would cut. */
export function tagTunnels(port: PortVlans, tunnels: Tunnels): PortVlans {
  const cut = cutTunnels(tunnels, port);
  const tagged = cut.map((vid): [Vid, Egress] => [vid, 'tagged']);
  const pvid = port.pvid !== null && cut.includes(port.pvid) ? null : port.pvid;
  return { pvid, vlans: new Map([...port.vlans, ...tagged]) };
}
