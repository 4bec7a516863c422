import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { KnownError } from '../types';

/** Larger than any conf or XML by far; a file beyond it is a mistake. */
const MAX_BYTES = 64 * 1024 * 1024;

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
    throw unreadable(path, (error as Error).message, `Check its mode and owner: \`ls -l ${path}\`.`);
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw unreadable(path, 'it is not a regular file', 'Put a regular file there.');
    if (stat.size > MAX_BYTES)
      throw unreadable(path, `it has ${stat.size} bytes`, 'Put the right file there.');
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(readFileSync(fd));
  } catch (error) {
    if (error instanceof KnownError) throw error;
    const isText = !(error instanceof TypeError);
    throw unreadable(path, isText ? (error as Error).message : 'it is not UTF-8 text', 'Save it as UTF-8.');
  } finally {
    closeSync(fd);
  }
}

function unreadable(path: string, why: string, hint: string): KnownError {
  return new KnownError(`cannot read ${path}: ${why}`, hint);
}
