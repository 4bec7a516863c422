import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { KnownError } from '../../model/known_error';
import { shellQuote } from '../../text/shell_quote';
import { cannotRead } from './cannot_read';

/** Larger than any conf or XML by far; a file beyond it is a mistake. */
const MAX_BYTES = 64 * 1024 * 1024;

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * The text of a regular file (links are followed); null where there is none. A FIFO or device in its place must not
 * make the hook wait for ever. Throws KnownError where it cannot be read or is not UTF-8.
 */
export function readText(path: string): string | null {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    const hint = `Check its mode and owner: \`ls -l ${shellQuote(path)}\`.`;
    throw cannotRead(path, error as NodeJS.ErrnoException, hint);
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw unreadable(path, 'it is not a regular file', 'Put a regular file there.');
    if (stat.size > MAX_BYTES)
      throw unreadable(path, `it has ${stat.size} bytes`, 'Put the right file there.');
    const bytes = readBytes(fd);
    if (!isUtf8(bytes)) throw unreadable(path, 'it is not UTF-8 text', 'Save it as UTF-8.');
    // Not by TextDecoder, whose strings have two bytes a character.
    const text = bytes.toString('utf8');
    return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  } catch (error) {
    if (error instanceof KnownError) throw error;
    const hint = `Check its file system: \`cat ${shellQuote(path)}\`.`;
    throw cannotRead(path, error as NodeJS.ErrnoException, hint);
  } finally {
    closeSync(fd);
  }
}

/** What one file after the other is read into: in a crowd of guests fresh memory would cost more than to read. */
const SHARED = Buffer.allocUnsafeSlow(64 * 1024);

/** All of a file; only until the next one is read. */
function readBytes(fd: number): Buffer {
  for (let length = 0; length < SHARED.length;) {
    const read = readSync(fd, SHARED, length, SHARED.length - length, null);
    if (read === 0) return SHARED.subarray(0, length);
    length += read;
  }
  return Buffer.concat([SHARED, readFileSync(fd)]);
}

function unreadable(path: string, why: string, hint: string): KnownError {
  return new KnownError(`cannot read ${path}: ${why}`, hint);
}
