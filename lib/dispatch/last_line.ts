import { oneLine } from '../text/one_line';

/** A reasonable maximum for one line of a log. */
const MAX_BYTES = 4096;
const LINE_END = 10;

/** Keeps the beginning of the last non-blank line of an output: a failing script's error message. */
export class LastLine {
  private kept = Buffer.alloc(0);
  /** The text after the last line end. */
  private open = Buffer.alloc(0);

  add(chunk: Buffer): void {
    let at = chunk.length - 1;
    while (at >= 0 && isBlank(chunk[at])) at--;
    if (at >= 0) {
      const start = chunk.lastIndexOf(LINE_END, at) + 1;
      const end = chunk.indexOf(LINE_END, at);
      const line = chunk.subarray(start, end < 0 ? chunk.length : end);
      this.kept = start === 0 ? join(this.open, line) : join(line);
    }
    const rest = chunk.subarray(chunk.lastIndexOf(LINE_END) + 1);
    this.open = rest.length === chunk.length ? join(this.open, rest) : join(rest);
  }

  /** The line without a leading `error:`; empty: no output. */
  text(): string {
    return oneLine(this.kept.toString('utf8').trim(), MAX_BYTES).replace(/^error: /, '');
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === 9 || byte === 13 || byte === LINE_END;
}

/** Joins up to one byte more than is shown. The extra byte marks a line that is too long. */
function join(...parts: readonly Buffer[]): Buffer<ArrayBuffer> {
  return Buffer.concat(parts.map((part) => part.subarray(0, MAX_BYTES + 1))).subarray(0, MAX_BYTES + 1);
}
