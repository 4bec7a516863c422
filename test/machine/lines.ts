import type { Duplex } from 'node:stream';

/** Calls `take` with each whole line that comes in; what follows the last line break waits for its end. */
export function eachLine(stream: Duplex, take: (line: string) => void): void {
  let pieces: string[] = [];
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const [first = '', ...others] = text.split('\n');
    pieces.push(first);
    for (const piece of others) {
      take(pieces.join(''));
      pieces = [piece];
    }
  });
}
