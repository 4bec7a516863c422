import type { Drawing, DrawnBlock, DrawnPort } from './drawing';
import { HUES, PILL_HEIGHT, pillRows, pillsOf, type Pill } from './svg_parts';

/** px: the maximum width of a row of pills, and the height of a row including the gap below. */
export const PILLS = 220;
export const ROW = PILL_HEIGHT + 5;

export interface PlacedPort {
  readonly port: DrawnPort;
  readonly rows: readonly (readonly Pill[])[];
  readonly y: number;
}
export interface PlacedBlock {
  readonly title: string;
  readonly y: number;
  readonly height: number;
  readonly ports: readonly PlacedPort[];
}

/**
 * Places the blocks of one side, from `top` down. If there are many guests, their names are to the left of their
 * ports.
 */
export function place(
  blocks: readonly DrawnBlock[],
  hues: ReadonlyMap<number, number>,
  top: number,
  isCrowded: boolean,
): PlacedBlock[] {
  let y = top;
  return blocks.map(({ title, ports }) => {
    const first = y;
    let at = y + (isCrowded ? 8 : 34);
    const placed = ports.map((port): PlacedPort => {
      const rows = pillRows(pillsOf(port, hues), PILLS);
      const own = { port, rows, y: at };
      at += rows.length * ROW + 3;
      return own;
    });
    const height = at - first + 6;
    y += height + (isCrowded ? 6 : 12);
    return { title, y: first, height, ports: placed };
  });
}

/** Assigns the colours to the VLANs with the most ports, so that the important ones have different colours. */
export function huesOf({ left, right, host }: Drawing): Map<number, number> {
  const ports = [...left, ...right].flatMap((block) => block.ports);
  const counts = new Map<number, number>();
  for (const { vlans } of host === null ? ports : [...ports, host]) {
    if (vlans === null || vlans.vlans.size > 64) continue;
    for (const vid of vlans.vlans.keys()) counts.set(vid, (counts.get(vid) ?? 0) + 1);
  }
  const vids = [...counts].sort(([a, x], [b, y]) => y - x || a - b).slice(0, HUES - 1);
  const order = vids.map(([vid]) => vid).sort((a, b) => a - b);
  return new Map(order.map((vid, index) => [vid, index]));
}
