import { oneLine } from './one_line';
import { paint, type Tone } from './paint';
import { fit, textWidth, wrap } from './text';

export interface Cell {
  readonly text: string;
  readonly tone: Tone;
  /** Width of the text in terminal columns. */
  readonly width: number;
}

/** Makes a cell of any text. It is measured once, however often it is laid out. */
export function cell(raw: string, tone: Tone = 'plain'): Cell {
  const text = oneLine(raw);
  return { text, tone, width: textWidth(text) };
}

/** A row of a table. Cells without a column are not shown. Notes are lines below the row, as wide as the table. */
export interface Row {
  readonly cells: readonly Cell[];
  readonly notes: readonly Cell[];
}

export interface Column {
  readonly title: string;
  /** The index of the cell that it shows, from 0. */
  readonly cell: number;
  /** If the table is too wide, the column is wrapped at commas, down to this width. */
  readonly wrapTo?: number;
  /** If the table is too wide, the column is cut, down to this width. */
  readonly cutTo?: number;
}

const GAP = 2;
const NOTHING = cell('');

/**
 * The maximum width of each cell over all rows. It is one plain loop because it runs for every cell of a large table.
 */
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

/** The width of each column in a table of at most `width`; null: it does not fit. */
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

/** The lines of the table, titles first. Notes are indented to the second column and wrapped to the width. */
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

/** Splits a row into as many lines as its tallest cell needs. */
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
