import { cutText } from '../../text/cut_text';
import { MAX_VID, parseVid, type Vid } from './vid';

/** First and last VID of a run, both included. */
export type VidRange = readonly [Vid, Vid];

export type VidListResult = { readonly vids: ReadonlySet<Vid> } | { readonly wrong: string };

/**
 * VIDs and ranges separated by spaces, commas or line ends: `100 200,300-399`. Empty text is an empty list.
 * If a word is neither a VID nor a range, `wrong` says which and why. More words than there are VIDs are also wrong.
 */
export function parseVidList(text: string): VidListResult {
  const vids = new Set<Vid>();
  const isIn = new Uint8Array(MAX_VID + 1);
  let count = 0;
  for (const [word] of text.matchAll(/[^\s,]+/g)) {
    if (++count > MAX_VID) return { wrong: `more than ${MAX_VID} VIDs and ranges` };
    const dash = word.indexOf('-');
    const first = parseVid(dash < 0 ? word : word.slice(0, dash));
    const last = dash < 0 ? first : parseVid(word.slice(dash + 1));
    if (first === null || last === null)
      return { wrong: `"${cutText(word)}" is neither a VID nor a range of VIDs` };
    if (first > last) return { wrong: `the range "${word}" ends before it begins` };
    for (let vid: number = first; vid <= last; vid++) {
      // Ranges may repeat: up to 16 million lookups, too many for a Set.
      if (isIn[vid] === 0) vids.add(vid as Vid);
      isIn[vid] = 1;
    }
  }
  return { vids };
}

/** The runs of consecutive VIDs, ascending. */
export function toRanges(vids: Iterable<Vid>): VidRange[] {
  const ranges: [Vid, Vid][] = [];
  for (const vid of [...vids].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && vid - last[1] <= 1) last[1] = vid;
    else ranges.push([vid, vid]);
  }
  return ranges;
}

/** `100` or `200-299`, as `bridge vlan` takes it. */
export function formatRange([first, last]: VidRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}

/** `100,200-299`, ascending; empty text for no VID. */
export function formatVidList(vids: Iterable<Vid>): string {
  return toRanges(vids).map(formatRange).join(',');
}
