import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { KnownError } from '../../model/known_error';
import { shellQuote } from '../../text/shell_quote';

/**
 * Writes a file completely or not at all, also if the host loses power; null removes it. An existing file keeps its
 * mode and owner. Throws KnownError.
 *
 * @param mode the mode of a new file
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
      `Check \`ls -ld ${shellQuote(dirname(path))}\` and \`df ${shellQuote(dirname(path))}\`.`,
    );
  }
}
