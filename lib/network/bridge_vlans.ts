import type { PortVlans } from '../model/vlan/port_vlans';
import { parseVid, type Vid } from '../model/vlan/vid';
import { formatRange, toRanges } from '../model/vlan/vid_list';

/** Parses `100` or `200-299` into a list of VIDs; null: it is neither. */
export function parseVidRange(text: string): Vid[] | null {
  const [first = '', last = first, ...more] = text.trim().split('-');
  const [from, to] = [parseVid(first.trim()), parseVid(last.trim())];
  if (from === null || to === null || from > to || more.length > 0) return null;
  return Array.from({ length: to - from + 1 }, (_, index) => (from + index) as Vid);
}

/** The VLANs of a port that first gets the default PVID and then the VLANs of a list. */
export function withDefaultPvid(list: PortVlans, defaultPvid: Vid | null): PortVlans {
  if (defaultPvid === null || list.vlans.has(defaultPvid)) return list;
  const vlans = new Map(list.vlans).set(defaultPvid, 'untagged');
  return { pvid: list.pvid ?? defaultPvid, vlans };
}

/** Formats VLANs for nmcli: `1 pvid untagged, 100, 200-299`. */
export function formatNmVlans({ pvid, vlans }: PortVlans): string {
  const flagsOf = (vid: Vid): string =>
    [vid === pvid ? ' pvid' : '', vlans.get(vid) === 'untagged' ? ' untagged' : ''].join('');
  const byFlags = new Map<string, Vid[]>();
  for (const vid of vlans.keys()) byFlags.set(flagsOf(vid), [...(byFlags.get(flagsOf(vid)) ?? []), vid]);
  return [...byFlags]
    .flatMap(([flags, vids]) => toRanges(vids).map((range) => ({ range, flags })))
    .sort((a, b) => a.range[0] - b.range[0])
    .map(({ range, flags }) => formatRange(range) + flags)
    .join(', ');
}
