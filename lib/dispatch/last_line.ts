import { oneLine } from '../text/one_line';

/** As much as one line of a log may reasonably hold. */
const MAX_BYTES = 4096;
const LINE_END = 10;

/** Keeps of some output the beginning of the last line that is not blank: what a script says when it fails. */
export class LastLine {
  private kept = Buffer.alloc(0);
  /** What has come behind the last line end. */
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

  /** Without the word `error:` in front; empty where nothing was said. */
  text(): string {
    return oneLine(this.kept.toString('utf8').trim(), MAX_BYTES).replace(/^error: /, '');
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === 9 || byte === 13 || byte === LINE_END;
}

/** A byte more than is shown, by which a line that is too long is known as such. */
function join(...parts: readonly Buffer[]): Buffer<ArrayBuffer> {
  return Buffer.concat(parts.map((part) => part.subarray(0, MAX_BYTES + 1))).subarray(0, MAX_BYTES + 1);
}
