import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { Exit, KnownError } from '../../model/known_error';
import { shellQuote } from '../../text/shell_quote';

/** The interval between reads of the file, in milliseconds. */
const EVERY_MS = 200;

/**
 * Reads the lines of a file, and then each complete line that is appended to it, until `signal` aborts. The file may
 * be rotated, or may not exist yet. The rest of a rotated file is read before the new file. Throws KnownError if it
 * cannot be read.
 *
 * @param onStart gets the existing lines, before the first call of `onLine`
 */
export async function followLines(
  path: string,
  onStart: (lines: readonly string[]) => void,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let open = openFile(path);
  const lines: string[] = [];
  open?.read((line) => lines.push(line));
  onStart(lines);
  while (!signal.aborted) {
    open?.read(onLine);
    if (open === null || open.isReplaced()) {
      // Lines that were appended between the read and the check.
      open?.read(onLine);
      const next = openFile(path);
      if (next !== null) {
        open?.close();
        open = next;
        continue;
      }
    }
    await new Promise<void>((resolve) => setTimeout(resolve, EVERY_MS));
  }
  open?.close();
}

interface OpenFile {
  read(onLine: (line: string) => void): void;
  /** Whether the path now leads to another file. */
  isReplaced(): boolean;
  close(): void;
}

function openFile(path: string): OpenFile | null {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new KnownError(
      `cannot read ${path}: ${(error as Error).message}`,
      `Check its permissions with \`ls -l ${shellQuote(path)}\`.`,
      Exit.usage,
    );
  }
  const { ino } = fstatSync(fd);
  let at = 0;
  let rest = '';
  const decoder = new StringDecoder('utf8');
  const chunk = Buffer.allocUnsafe(64 * 1024);
  return {
    read(onLine) {
      if (fstatSync(fd).size < at) at = 0;
      for (let count; (count = readSync(fd, chunk, 0, chunk.length, at)) > 0; at += count) {
        const lines = (rest + decoder.write(chunk.subarray(0, count))).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) onLine(line);
      }
    },
    isReplaced() {
      try {
        return statSync(path).ino !== ino;
      } catch {
        return true;
      }
    },
    close: () => closeSync(fd),
  };
}
