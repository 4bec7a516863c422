import stringWidth from 'string-width';
import { oneLine } from './one_line';

/** Most text; made once, as it is asked for each cell of a table. */
const ASCII = /^[\x20-\x7e]*$/;

/** How many columns a text takes on a terminal: none, one or two a character. */
export function textWidth(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(text);
}

/** The text in so many columns, cut with `…`, or filled with spaces. */
export function fit(text: string, width: number): string {
  const is = textWidth(text);
  return is <= width ? text + ' '.repeat(width - is) : fit(`${cut(text, width - 1)}…`, width);
}

/** As much of the beginning as takes so many columns. */
function cut(text: string, width: number): string {
  let start = '';
  for (const char of text) {
    if (textWidth(start + char) > width) break;
    start += char;
  }
  return start;
}

/** The text, as `oneLine`, in lines of at most so many columns, broken behind spaces and commas; a longer word stays whole. */
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
