import type { Egress, PortVlans } from './port_vlans';
import type { Vid } from './vid';
import { formatRange } from './vid_list';

/** The VNI of each VLAN that a port with vlan_tunnel sends through a tunnel, as `bridge vlan tunnelshow` prints them. */
export type Tunnels = ReadonlyMap<Vid, number>;

/** Consecutive VIDs with consecutive VNIs, both ends included. */
export interface TunnelRange {
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
 * The mapped VLANs whose tunnel a port would cut with these VLANs: they would be removed, or would lose their tag before
 * the tunnel takes them (br_vlan.c br_handle_vlan).
 */
export function cutTunnels(tunnels: Tunnels, want: PortVlans): Vid[] {
  return [...tunnels.keys()].filter((vid) => want.vlans.get(vid) !== 'tagged' || want.pvid === vid);
}

/** The VLANs of a port, with those tagged that are mapped, but leave untagged. */
export function tagTunnels({ pvid, vlans }: PortVlans, tunnels: Tunnels): PortVlans {
  const cut = [...tunnels.keys()].filter((vid) => vlans.get(vid) === 'untagged');
  const tagged = cut.map((vid): [Vid, Egress] => [vid, 'tagged']);
  return { pvid: pvid !== null && cut.includes(pvid) ? null : pvid, vlans: new Map([...vlans, ...tagged]) };
}
