import stringWidth from 'string-width';
import { oneLine } from './one_line';

/** Matches most texts. It is compiled once because it is tested for each cell of a table. */
const ASCII = /^[\x20-\x7e]*$/;

/** The number of terminal columns of a text: zero, one or two for each character. */
export function textWidth(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(text);
}

/** Cuts the text with `…`, or pads it with spaces, to exactly `width` columns. */
export function fit(text: string, width: number): string {
  const is = textWidth(text);
  return is <= width ? text + ' '.repeat(width - is) : fit(`${cut(text, width - 1)}…`, width);
}

/** The longest beginning of the text that fits into `width` columns. */
function cut(text: string, width: number): string {
  let start = '';
  for (const char of text) {
    if (textWidth(start + char) > width) break;
    start += char;
  }
  return start;
}

/**
 * Makes the text safe with `oneLine` and wraps it into lines of at most `width` columns, after spaces and commas. A
 * longer word is not split.
 */
export function wrap(raw: string, width: number): string[] {
  const text = oneLine(raw);
  if (textWidth(text) <= width) return [text.trimEnd()];
  const lines: string[] = [];
  let line = '';
  for (const word of text.match(/[^\s,]*,?\s*/g) ?? []) {
    if (line !== '' && textWidth(line + word.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += word;
  }
  lines.push(line.trimEnd());
  return lines;
}
