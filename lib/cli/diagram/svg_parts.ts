import { type PortVlans, vidsLeaving } from '../../model/vlan/port_vlans';
import { formatRange, toRanges } from '../../model/vlan/vid_list';
import { textWidth } from '../../text/text';
import type { DrawnPort } from './drawing';

/** A VLAN or a range of VLANs as a pill: filled if untagged, outlined if tagged. Addresses are grey. */
export interface Pill {
  readonly text: string;
  /** The number of its colour; null: grey. */
  readonly hue: number | null;
  readonly isFilled: boolean;
  readonly width: number;
}

/** The number of colours. They differ on light and on dark backgrounds, also for most people with colour blindness. */
export const HUES = 8;
/** Width in px of a character at 12 px in a wide font: text must never leave its pill. */
const CHAR = 7.2;
export const PILL_HEIGHT = 20;
const GAP = 5;

/** The pills of a port, the PVID first. `hues` contains the colour of each VID. */
export function pillsOf(
  { vlans, words }: Pick<DrawnPort, 'vlans' | 'words'>,
  hues: ReadonlyMap<number, number>,
): Pill[] {
  const pill = (text: string, vid: number | null, isFilled: boolean): Pill => ({
    text,
    hue: vid === null ? null : (hues.get(vid) ?? null),
    isFilled,
    width: Math.round(textWidth(text) * CHAR) + 14,
  });
  if (vlans === null) return words.map((word) => pill(word, null, false));
  const list = (vids: Iterable<PortVlans['pvid'] & number>, isFilled: boolean): Pill[] =>
    toRanges(vids).map((range) =>
      pill(formatRange(range), range[0] === range[1] ? range[0] : null, isFilled),
    );
  const own =
    vlans.pvid === null
      ? pill('no PVID', null, false)
      : pill(`PVID ${vlans.pvid}`, vlans.pvid, vlans.vlans.get(vlans.pvid) !== 'tagged');
  return [own, ...list(vidsLeaving(vlans, 'untagged'), true), ...list(vidsLeaving(vlans, 'tagged'), false)];
}

/** Arranges pills in rows of at most `maxWidth` px. */
export function pillRows(pills: readonly Pill[], maxWidth: number): Pill[][] {
  const rows: Pill[][] = [[]];
  for (const pill of pills) {
    const last = rows.at(-1) ?? [];
    if (last.length > 0 && rowWidth([...last, pill]) > maxWidth) rows.push([pill]);
    else last.push(pill);
  }
  return rows;
}

/** The width of a row in px. */
export function rowWidth(row: readonly Pill[]): number {
  return row.reduce((sum, { width }) => sum + width + GAP, -GAP);
}

/** A row of pills, from its left upper corner. */
export function drawPills(row: readonly Pill[], x: number, y: number): string {
  let at = x;
  return row
    .map(({ text, hue, isFilled, width }) => {
      const kind = `${isFilled ? 'f' : 'o'}${hue ?? 'x'}`;
      const drawn = `<g class="${kind}"><rect x="${at}" y="${y}" width="${width}" height="${PILL_HEIGHT}" rx="10"/><text x="${at + width / 2}" y="${y + 14}">${xml(text)}</text></g>`;
      at += width + GAP;
      return drawn;
    })
    .join('');
}

/** Escapes text for XML. */
export function xml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
