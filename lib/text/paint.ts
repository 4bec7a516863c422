/** The meaning of a piece of text, which decides its colour. */
export type Tone = 'plain' | 'bold' | 'dim' | 'good' | 'bad' | 'warn';

const CODES: Readonly<Record<Tone, string>> = {
  plain: '',
  bold: '1',
  dim: '2',
  good: '32',
  bad: '31',
  warn: '33',
};

/** Returns the text in the colour of its tone (ECMA-48 SGR), or unchanged without `color`. */
export function paint(text: string, tone: Tone, color: boolean): string {
  return !color || tone === 'plain' || text === '' ? text : `\x1b[${CODES[tone]}m${text}\x1b[0m`;
}
