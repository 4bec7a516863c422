/** A name up to its first non-ASCII character. Hooks run cold: an expression is fast at its first use, a loop is not. */
const ASCII_NAME = /[A-Za-z_:][\w:.-]*/y;
const ASCII_REST = /[\w:.-]*/y;

/** The non-ASCII characters that may start a name, as ranges (XML 1.0, NameStartChar). */
const START_RUNS = [
  [0xc0, 0xd6],
  [0xd8, 0xf6],
  [0xf8, 0x2ff],
  [0x370, 0x37d],
  [0x37f, 0x1fff],
  [0x200c, 0x200d],
  [0x2070, 0x218f],
  [0x2c00, 0x2fef],
  [0x3001, 0xd7ff],
  [0xf900, 0xfdcf],
  [0xfdf0, 0xfffd],
  [0x10000, 0xeffff],
] as const;

/** The non-ASCII characters that may follow (NameChar). */
const REST_RUNS = [[0xb7, 0xb7], [0x300, 0x36f], [0x203f, 0x2040], ...START_RUNS] as const;

/** The offset after the name that starts at `at`; `at` itself if no name starts there. */
export function endOfName(text: string, at: number): number {
  ASCII_NAME.lastIndex = at;
  let end = ASCII_NAME.test(text) ? ASCII_NAME.lastIndex : at;
  while (text.charCodeAt(end) > 127) {
    const point = text.codePointAt(end) ?? 0;
    const runs = end === at ? START_RUNS : REST_RUNS;
    if (!runs.some(([first, last]) => point >= first && point <= last)) break;
    ASCII_REST.lastIndex = end + (point > 0xffff ? 2 : 1);
    ASCII_REST.test(text);
    end = ASCII_REST.lastIndex;
  }
  return end;
}
