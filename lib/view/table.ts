import { paint, type Tone } from './paint';
import { fit, textWidth, wrap } from './text';

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

/** A row of cells, and lines below it that may be as wide as the table. */
export interface Row {
  readonly cells: readonly Cell[];
  readonly notes: readonly Cell[];
}

export interface Column {
  readonly title: string;
  /** Wrapped at commas down to this width where the table is too wide. */
  readonly wrapTo?: number;
  /** Cut down to this width where the table is too wide. */
  readonly cutTo?: number;
}

const GAP = 2;

/** How wide each column is where the table may take `width`; null: it does not fit. */
export function columnWidths(
  columns: readonly Column[],
  rows: readonly Row[],
  width: number,
): number[] | null {
  const widths = columns.map(({ title }, index) =>
    Math.max(textWidth(title), ...rows.map(({ cells }) => textWidth(cells[index]?.text ?? ''))),
  );
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
      .map(({ text, tone = 'plain' }, index) => {
        const own = widths[index] ?? 0;
        const is = textWidth(text);
        return paint(is > own ? fit(text, own) : text, tone, color) + ' '.repeat(Math.max(0, own - is));
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  const indent = (widths[0] ?? 0) + GAP;
  const body = rows.flatMap(({ cells, notes }) => {
    const below = notes.flatMap(({ text, tone = 'plain' }) =>
      wrap(text, width - indent).map((part) => ' '.repeat(indent) + paint(part, tone, color)),
    );
    return [...wrapCells(columns, cells, widths).map(line), ...below];
  });
  return [line(columns.map(({ title }) => ({ text: title, tone: 'dim' }))), ...body];
}

/** A row in as many lines as its tallest cell has. */
function wrapCells(
  columns: readonly Column[],
  cells: readonly Cell[],
  widths: readonly number[],
): (readonly Cell[])[] {
  const isTooWide = ({ text }: Cell, index: number): boolean =>
    columns[index]?.wrapTo !== undefined && textWidth(text) > (widths[index] ?? 0);
  if (!cells.some(isTooWide)) return [cells];
  const wrapped = cells.map((cell, index) =>
    isTooWide(cell, index) ? wrap(cell.text, widths[index] ?? 0) : [cell.text],
  );
  const height = Math.max(...wrapped.map(({ length }) => length));
  return Array.from({ length: height }, (_, at) =>
    cells.map((cell, index) => ({ ...cell, text: wrapped[index]?.[at] ?? '' })),
  );
}
