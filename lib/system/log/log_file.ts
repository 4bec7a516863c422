import { closeSync, constants, fstatSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { oneLine } from '../../text/one_line';

/** The maximum size of a log: a script that writes endlessly must not fill the disk. */
export const MAX_LOG_BYTES = 8 * 1024 * 1024;

const LINE_END = 10;

/** Lines about a script are shorter. */
const MAX_NOTE = 4096;

/**
 * A log whose writes are synchronous and never throw: a full disk must not stop a guest. The output of scripts and
 * plugins counts towards the size limit. At the limit the log says so, and ignores further output.
 */
export interface LogFile {
  write(data: Buffer | string): void;
  /** Writes one or more lines of a plugin. */
  line(text: string): void;
  /** Writes a line of the dispatcher about the script, which does not count towards the limit. */
  note(text: string): void;
  close(): void;
  /** Why the log is incomplete; null: it is complete. */
  readonly trouble: string | null;
}

/**
 * Opens a log, and creates its folder if it is missing. A link in its place is not followed, and a FIFO is not waited
 * for. A log that cannot be opened discards everything; `trouble` says why.
 */
export function openLogFile(path: string, mode: 'overwrite' | 'append', maxBytes = MAX_LOG_BYTES): LogFile {
  let fd: number | null = null;
  let trouble: string | null = null;
  let left = maxBytes;
  let last = LINE_END;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
    const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
    fd = openSync(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0o640);
    if (!fstatSync(fd).isFile()) throw new Error('it is not a regular file');
    if (mode === 'overwrite') ftruncateSync(fd, 0);
  } catch (error) {
    trouble = `cannot write ${path}: ${describe(error as NodeJS.ErrnoException)}`;
    if (fd !== null) closeSync(fd);
    fd = null;
  }
  const put = (data: Buffer): void => {
    if (fd === null) return;
    try {
      for (let at = 0; at < data.length;) at += writeSync(fd, data, at);
      last = data.at(-1) ?? last;
    } catch (error) {
      trouble ??= `cannot write ${path}: ${describe(error as NodeJS.ErrnoException)}`;
    }
  };
  // Begins a new line if the last output did not end with one.
  const asLine = (text: string): Buffer => Buffer.from(last === LINE_END ? `${text}\n` : `\n${text}\n`);
  let isCut = false;
  const take = (bytes: Buffer): void => {
    put(bytes.subarray(0, left));
    if (bytes.length > left && !isCut) {
      isCut = true;
      put(asLine(`[cut here: a log contains only the first ${maxBytes} bytes]`));
      trouble ??= `${path} contains only the first ${maxBytes} bytes`;
    }
    left = Math.max(0, left - bytes.length);
  };
  return {
    write: (data) => take(Buffer.from(data as string)),
    line: (text) => take(asLine(text)),
    note: (text) => put(asLine(oneLine(text, MAX_NOTE))),
    close() {
      if (fd !== null) closeSync(fd);
      fd = null;
    },
    get trouble() {
      return trouble;
    },
  };
}

function describe({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ELOOP') return 'it is a symbolic link';
  if (code === 'ENXIO') return 'it is a FIFO';
  return message;
}
