import { type PortVlans, vidsLeaving } from '../../model/vlan/port_vlans';
import { formatRange, toRanges } from '../../model/vlan/vid_list';
import { textWidth } from '../../text/text';

/** A VLAN or a range of them as a pill: filled where untagged frames belong to it, outlined where it is tagged. */
export interface Pill {
  readonly text: string;
  /** Which of the colours; null: grey. */
  readonly hue: number | null;
  readonly isFilled: boolean;
  readonly width: number;
}

/** Colours that are told apart on light and on dark, also by most who see colours differently. */
export const HUES = 8;
/** Width in px of a character at 12 px, as wide as fonts get: text must never leave its pill. */
const CHAR = 7.2;
export const PILL_HEIGHT = 20;
const GAP = 5;

/** The pills of a port, the PVID first. `hues` tells each VID's colour. */
export function pillsOf(vlans: PortVlans, hues: ReadonlyMap<number, number>): Pill[] {
  const pill = (text: string, vid: number | null, isFilled: boolean): Pill => ({
    text,
    hue: vid === null ? null : (hues.get(vid) ?? null),
    isFilled,
    width: Math.round(textWidth(text) * CHAR) + 14,
  });
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

/** Pills in rows of at most so many px. */
export function pillRows(pills: readonly Pill[], maxWidth: number): Pill[][] {
  const rows: Pill[][] = [[]];
  for (const pill of pills) {
    const last = rows.at(-1) ?? [];
    if (last.length > 0 && rowWidth([...last, pill]) > maxWidth) rows.push([pill]);
    else last.push(pill);
  }
  return rows;
}

/** In px. */
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

/** Text as it may stand in XML. */
export function xml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
