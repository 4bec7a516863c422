import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { KnownError } from '../../model/known_error';
import { shellQuote } from '../../text/shell_quote';

/**
 * Writes a file whole or not at all, also if the host loses power meanwhile; null removes it. A file that is there keeps
 * its mode and owner. Throws KnownError.
 *
 * @param mode of a new file
 */
export function writeText(path: string, text: string | null, mode = 0o600): void {
  try {
    if (text === null) return rmSync(path, { force: true });
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    const old = statSync(path, { throwIfNoEntry: false });
    const temporary = `${path}.new.${process.pid}`;
    rmSync(temporary, { force: true });
    const fd = openSync(temporary, 'wx', old === undefined ? mode : old.mode & 0o777);
    try {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
  } catch (error) {
    throw new KnownError(
      `cannot write ${path}: ${(error as Error).message}`,
      `Look at \`ls -ld ${shellQuote(dirname(path))}\` and \`df ${shellQuote(dirname(path))}\`.`,
    );
  }
}
