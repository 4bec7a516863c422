/** How many columns a text takes on a terminal, as far as can be said without tables: one a character. */
export function textWidth(text: string): number {
  // Most text is ASCII, and this runs for each cell.
  return /^[\x20-\x7e]*$/.test(text) ? text.length : [...text].length;
}

/** A name as it can be shown: control characters could do anything to a terminal. */
export function shown(name: string): string {
  // eslint-disable-next-line no-control-regex
  return name.replace(/[\x00-\x1f\x7f-\x9f]/g, '?');
}

/** The text in so many columns, cut with `…`, or filled with spaces. */
export function fit(text: string, width: number): string {
  const is = textWidth(text);
  if (is <= width) return text + ' '.repeat(width - is);
  return `${[...text].slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** The text in lines of at most so many columns, broken behind spaces and commas; a longer word stays whole. */
export function wrap(text: string, width: number): string[] {
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
