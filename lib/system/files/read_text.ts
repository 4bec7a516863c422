import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { KnownError } from '../../model/known_error';
import { shellQuote } from '../../text/shell_quote';
import { cannotRead } from './cannot_read';

/** Far larger than any conf or XML; a larger file is a mistake. */
const MAX_BYTES = 64 * 1024 * 1024;

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * The text of a regular file (links are followed); null: it does not exist. A FIFO or device in its place must not
 * make the hook wait forever. Throws KnownError if it cannot be read or is not UTF-8.
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
    if (!stat.isFile()) throw unreadable(path, 'it is not a regular file', 'Replace it with a regular file.');
    if (stat.size > MAX_BYTES)
      throw unreadable(path, `it is too large (${stat.size} bytes)`, 'Replace it with the right file.');
    const bytes = readBytes(fd);
    if (!isUtf8(bytes)) throw unreadable(path, 'it is not UTF-8 text', 'Save it as UTF-8.');
    // TextDecoder would make strings with two bytes for each character.
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

/** A buffer that all reads share: with many guests, allocating memory would take longer than reading. */
const SHARED = Buffer.allocUnsafeSlow(64 * 1024);

/** The bytes of a file. They are valid only until the next read. */
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
