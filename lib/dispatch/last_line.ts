import { oneLine } from '../text/one_line';

/** As much as one line of a log may reasonably hold. */
const MAX_BYTES = 4096;

/** Keeps of some output the last line that is not empty: what a script says when it fails. */
export class LastLine {
  private kept = Buffer.alloc(0);

  add(chunk: Buffer): void {
    this.kept = Buffer.concat([this.kept, chunk.subarray(-MAX_BYTES)]).subarray(-MAX_BYTES);
  }

  /** Without the word `error:` in front; empty where nothing was said. */
  text(): string {
    const lines = this.kept
      .toString('utf8')
      .split('\n')
      .map((line) => oneLine(line.trim()));
    const last = lines.filter((line) => line !== '').at(-1) ?? '';
    return last.replace(/^error: /, '');
  }
}
