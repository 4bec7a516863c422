import type { Vid } from './vid';
import { formatVidList } from './vid_list';

/** How frames of a VLAN leave a port. */
export type Egress = 'tagged' | 'untagged';

/** The VLANs of a bridge port, as `bridge vlan show` prints them. */
export interface PortVlans {
  /** The VLAN of untagged frames that come in; null: they are dropped. */
  readonly pvid: Vid | null;
  /** The VLANs the port is a member of, the PVID's among them. */
  readonly vlans: ReadonlyMap<Vid, Egress>;
}

/** The VLANs of a port that is in no VLAN and drops every frame. */
export const NO_VLANS: PortVlans = { pvid: null, vlans: new Map() };

/**
 * The VLANs of a port as people write them. The PVID leaves untagged unless `pvidEgress` says otherwise,
 * even if it is also in `tagged`: a range there may include it.
 */
export function portVlans(wish: {
  pvid: Vid | null;
  tagged?: Iterable<Vid>;
  untagged?: Iterable<Vid>;
  pvidEgress?: Egress;
}): PortVlans {
  const vlans = new Map<Vid, Egress>();
  for (const vid of wish.tagged ?? []) vlans.set(vid, 'tagged');
  for (const vid of wish.untagged ?? []) vlans.set(vid, 'untagged');
  if (wish.pvid !== null) vlans.set(wish.pvid, wish.pvidEgress ?? 'untagged');
  return { pvid: wish.pvid, vlans };
}

export function samePortVlans(a: PortVlans, b: PortVlans): boolean {
  if (a.pvid !== b.pvid || a.vlans.size !== b.vlans.size) return false;
  for (const [vid, egress] of a.vlans) if (b.vlans.get(vid) !== egress) return false;
  return true;
}

/** The VIDs that leave the port the given way, the PVID left out. */
export function vidsLeaving(port: PortVlans, egress: Egress): Vid[] {
  const vids: Vid[] = [];
  for (const [vid, way] of port.vlans) if (way === egress && vid !== port.pvid) vids.push(vid);
  return vids;
}

/** `PVID 100, tagged 200,300-399`: one line for people. */
export function describePortVlans(port: PortVlans): string {
  if (port.pvid === null && port.vlans.size === 0) return 'no VLANs';
  const words = [`PVID ${port.pvid ?? 'none'}`];
  if (port.pvid !== null && port.vlans.get(port.pvid) !== 'untagged') {
    words[0] += port.vlans.has(port.pvid) ? ' (leaves tagged)' : ' (not a member)';
  }
  for (const egress of ['untagged', 'tagged'] as const) {
    const vids = vidsLeaving(port, egress);
    if (vids.length > 0) words.push(`${egress} ${formatVidList(vids)}`);
  }
  return words.join(', ');
}
