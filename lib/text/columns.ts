import { oneLine } from './one_line';
import { textWidth } from './text';

/**
 * Formats rows of arbitrary texts as lines of aligned columns, two spaces apart. The first row is the heading. The last
 * column is not padded.
 *
 * @param indent put before every line
 */
export function columns(raw: readonly (readonly string[])[], indent = ''): string[] {
  const rows = raw.map((row) => row.map((cell) => oneLine(cell)));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, textWidth(cell));
  }
  return rows.map((row) =>
    `${indent}${row.map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - textWidth(cell))).join('  ')}`.trimEnd(),
  );
}
