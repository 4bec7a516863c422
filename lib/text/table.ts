import { oneLine } from './one_line';
import { paint, type Tone } from './paint';
import { fit, textWidth, wrap } from './text';

export interface Cell {
  readonly text: string;
  readonly tone: Tone;
  /** Columns of the text. */
  readonly width: number;
}

/** Any text as a cell. Measured once, however often it is laid out. */
export function cell(raw: string, tone: Tone = 'plain'): Cell {
  const text = oneLine(raw);
  return { text, tone, width: textWidth(text) };
}

/** Cells, of which a table shows those that it has columns for, and lines below that may be as wide as the table. */
export interface Row {
  readonly cells: readonly Cell[];
  readonly notes: readonly Cell[];
}

export interface Column {
  readonly title: string;
  /** Which of a row's cells it shows, from 0. */
  readonly cell: number;
  /** Wrapped at commas down to this width where the table is too wide. */
  readonly wrapTo?: number;
  /** Cut down to this width where the table is too wide. */
  readonly cutTo?: number;
}

const GAP = 2;
const NOTHING = cell('');

/** How wide each cell is in the row where it is widest. In one loop, as V8 would optimise what is called so often. */
export function widestCells(rows: readonly Row[]): number[] {
  const widest: number[] = [];
  for (const { cells } of rows) {
    for (let at = 0; at < cells.length; at++) {
      const own = cells[at]?.width ?? 0;
      if (own > (widest[at] ?? 0)) widest[at] = own;
    }
  }
  return widest;
}

/** How wide each column is where the table may take `width`; null: it does not fit. */
export function columnWidths(
  columns: readonly Column[],
  widest: readonly number[],
  width: number,
): number[] | null {
  const widths = columns.map(({ title, cell: at }) => Math.max(textWidth(title), widest[at] ?? 0));
  const over = (): number => widths.reduce((sum, own) => sum + own + GAP, -GAP) - width;
  for (const kind of ['wrapTo', 'cutTo'] as const) {
    columns.forEach((column, index) => {
      const least = column[kind];
      const own = widths[index] ?? 0;
      if (least !== undefined && over() > 0) widths[index] = Math.max(Math.min(least, own), own - over());
    });
  }
  return over() > 0 ? null : widths;
}

/** The table in lines, its titles first. Notes are indented to the second column and wrapped to the width. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly Row[],
  widths: readonly number[],
  width: number,
  color: boolean,
): string[] {
  const line = (cells: readonly Cell[]): string =>
    cells
      .map(({ text, tone, width: is }, index) => {
        const own = widths[index] ?? 0;
        return is > own
          ? paint(fit(text, own), tone, color)
          : paint(text, tone, color) + ' '.repeat(own - is);
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  const indent = ' '.repeat((widths[0] ?? 0) + GAP);
  const lines = [line(columns.map(({ title }) => cell(title, 'dim')))];
  for (const row of rows) {
    const cells = columns.map(({ cell: at }) => row.cells[at] ?? NOTHING);
    for (const part of wrapCells(columns, cells, widths)) lines.push(line(part));
    for (const { text, tone } of row.notes)
      for (const part of wrap(text, width - indent.length)) lines.push(indent + paint(part, tone, color));
  }
  return lines;
}

/** A row in as many lines as its tallest cell has. */
function wrapCells(
  columns: readonly Column[],
  cells: readonly Cell[],
  widths: readonly number[],
): (readonly Cell[])[] {
  const isTooWide = ({ width }: Cell, index: number): boolean =>
    columns[index]?.wrapTo !== undefined && width > (widths[index] ?? 0);
  if (!cells.some(isTooWide)) return [cells];
  const wrapped = cells.map((one, index) =>
    isTooWide(one, index) ? wrap(one.text, widths[index] ?? 0) : [one.text],
  );
  const height = Math.max(...wrapped.map(({ length }) => length));
  return Array.from({ length: height }, (_, at) =>
    cells.map(({ tone }, index) => cell(wrapped[index]?.[at] ?? '', tone)),
  );
}
