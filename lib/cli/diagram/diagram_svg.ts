import type { Drawing, DrawnBlock, DrawnPort } from './drawing';
import { drawPills, PILL_HEIGHT, pillRows, pillsOf, rowWidth, xml } from './svg_parts';
import { huesOf, place, PILLS, ROW, type PlacedBlock } from './svg_layout';
import { svgStyle } from './svg_style';
import { fit, textWidth } from '../../text/text';

/** px: widths of the drawing's parts. */
const CABLE = 64;
const MARGIN = 24;
const BAR = 52;
const NOTE_CHAR = 6.8;
const NAME_CHAR = 8;
/** With more guests than this, a guest's name is to the left of its ports, not above them. */
const CROWD = 12;

/** The switches as one self-contained picture, readable on light and on dark backgrounds. */
export function diagramSvg(drawings: readonly Drawing[]): string {
  let y = MARGIN;
  const parts: string[] = [];
  let width = 0;
  for (const drawing of drawings) {
    const drawn = drawSwitch(drawing, y);
    parts.push(drawn.text);
    y += drawn.height + MARGIN;
    width = Math.max(width, drawn.width);
  }
  const names = drawings.map(({ title }) => title).join(', ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img">`,
    `<title>VLAN switch ${xml(names)}</title>`,
    `<style>${svgStyle()}</style>`,
    `<rect class="paper" width="${width}" height="${y}" rx="8"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function drawSwitch(drawing: Drawing, top: number): { text: string; width: number; height: number } {
  const { title, subtitle, host } = drawing;
  const hues = huesOf(drawing);
  // Each trunk gets its own card, because each is a separate cable.
  const trunks = drawing.left.flatMap((block) =>
    block.ports.map((port) => ({ title: block.title, ports: [port] })),
  );
  const left = place(trunks, hues, top + BAR + 16, false);
  const isCrowded = drawing.right.length > CROWD;
  const right = place(drawing.right, hues, top + BAR + 16, isCrowded);
  const indent = isCrowded ? titleWidth(drawing.right) + 12 : 0;
  const bottom = Math.max(top + BAR + 60, ...[...left, ...right].map(({ y, height }) => y + height)) + 16;
  const cardLeft = left.length === 0 ? 0 : cardWidth(trunks);
  const cardRight = right.length === 0 ? 0 : cardWidth(drawing.right) + indent;
  const x1 = MARGIN + (left.length === 0 ? 0 : cardLeft + CABLE);
  const headWidth = Math.max(textWidth(title) * 10, textWidth(subtitle) * NOTE_CHAR) + 40;
  const inside = Math.max(widestRow(left) + widestRow(right) + 80, headWidth, 160);
  const x2 = x1 + inside;
  const middle = (x1 + x2) / 2;
  const text = [
    `<rect class="switch" x="${x1}" y="${top}" width="${inside}" height="${bottom - top}" rx="10"/>`,
    `<path class="bar" d="M${x1} ${top + 10}a10 10 0 0 1 10-10h${inside - 20}a10 10 0 0 1 10 10v${BAR - 10}h${-inside}z"/>`,
    `<text class="ontitle" text-anchor="middle" x="${middle}" y="${top + 23}">${xml(title)}</text>`,
    `<text class="onnote" text-anchor="middle" x="${middle}" y="${top + 41}">${xml(subtitle)}</text>`,
    ...left.flatMap((block) => drawBlock(block, 'left', MARGIN, cardLeft, x1, 0)),
    ...right.flatMap((block) => drawBlock(block, 'right', x2 + CABLE, cardRight, x2, indent)),
  ];
  let end = bottom;
  let width = x2 + (right.length === 0 ? 0 : CABLE + cardRight) + MARGIN;
  if (host !== null) {
    const pills = pillRows(pillsOf(host, hues), PILLS * 2).map((row, index) =>
      drawPills(row, middle + 14, bottom + 12 + index * ROW),
    );
    const widest = Math.max(...pillRows(pillsOf(host, hues), PILLS * 2).map(rowWidth));
    width = Math.max(width, middle + 14 + widest + MARGIN);
    const card = bottom + 24 + Math.max(1, pills.length) * ROW;
    const label = `host ${host.name}`;
    const half = Math.max(52, (textWidth(label) * NAME_CHAR) / 2 + 14);
    text.push(
      `<path class="cable" d="M${middle} ${bottom}V${card}"/>`,
      `<rect class="socket" x="${middle - 7}" y="${bottom - 7}" width="14" height="10" rx="2"/>`,
      ...pills,
      `<rect class="card" x="${middle - half}" y="${card}" width="${half * 2}" height="34" rx="8"/>`,
      `<text class="name" text-anchor="middle" x="${middle}" y="${card + 21}">${xml(label)}</text>`,
    );
    end = card + 34;
  }
  return { text: text.join('\n'), width: Math.ceil(width), height: end - top };
}

function drawBlock(
  block: PlacedBlock,
  side: 'left' | 'right',
  x: number,
  width: number,
  edge: number,
  indent: number,
): string[] {
  const { title, y, height, ports } = block;
  const isLeft = side === 'left';
  const cardEdge = isLeft ? x + width : x;
  return [
    `<rect class="card" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>`,
    `<text class="title" x="${x + 14}" y="${y + 23}">${xml(shortTitle(title))}</text>`,
    ...ports.flatMap(({ port, rows, y: at }) => {
      const detail = port.detail === '' ? '' : `<tspan class="note" dx="7">${xml(port.detail)}</tspan>`;
      const state = ['drift', 'down', 'arriving', 'leaving'].includes(port.state)
        ? `<tspan class="drift" dx="7">${port.state}</tspan>`
        : '';
      const center = at + PILL_HEIGHT / 2;
      return [
        `<path class="cable" d="M${cardEdge} ${center}H${edge}"/>`,
        `<rect class="socket" x="${isLeft ? edge - 4 : edge - 7}" y="${center - 7}" width="11" height="14" rx="2"/>`,
        `<text class="name" x="${x + 14 + indent}" y="${center + 4}">${xml(port.name)}${detail}${state}</text>`,
        ...rows.map((row, index) =>
          drawPills(row, isLeft ? edge + 18 : edge - 18 - rowWidth(row), at + index * ROW),
        ),
      ];
    }),
  ];
}

function titleWidth(blocks: readonly DrawnBlock[]): number {
  return Math.max(...blocks.map(({ title }) => Math.ceil(textWidth(shortTitle(title)) * 9.5)));
}

function cardWidth(blocks: readonly DrawnBlock[]): number {
  const texts = blocks.flatMap(({ title, ports }) => [
    textWidth(shortTitle(title)) * 9.5,
    ...ports.map(
      ({ name, detail, state }) =>
        textWidth(name) * NAME_CHAR + (textWidth(detail) + stateChars(state)) * NOTE_CHAR + 14,
    ),
  ]);
  return Math.ceil(Math.max(72, ...texts) + 28);
}

/** Room for the state behind a port's name, in characters. */
function stateChars(state: DrawnPort['state']): number {
  if (state === 'ok') return 0;
  return state === 'arriving' || state === 'leaving' ? 9 : 6;
}

function shortTitle(title: string): string {
  return textWidth(title) > 28 ? fit(title, 28) : title;
}

function widestRow(blocks: readonly PlacedBlock[]): number {
  return Math.max(0, ...blocks.flatMap(({ ports }) => ports.flatMap(({ rows }) => rows.map(rowWidth))));
}
