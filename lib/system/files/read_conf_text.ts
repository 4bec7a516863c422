import { resolve } from 'node:path';
import { Exit, KnownError } from '../../model/known_error';
import { shellQuote } from '../../text/shell_quote';
import { cannotRead } from './cannot_read';
import { readText } from './read_text';
import { unsafeWay } from './unsafe_way';

/**
 * The text of a conf file; null where there is none. What root does by a conf file, only root may have written: as root
 * it is read only where nobody else can change what its path leads to (see `unsafeWay`), as scripts are run. Throws
 * KnownError, also as `readText` does.
 */
export function readConfText(path: string): string | null {
  if (process.geteuid?.() === 0) refuseUnsafe(resolve(path));
  return readText(path);
}

function refuseUnsafe(path: string): void {
  let unsafe;
  try {
    unsafe = unsafeWay(path);
  } catch (error) {
    const hint = `Look at \`ls -l ${shellQuote(path)}\`.`;
    throw cannotRead(path, error as NodeJS.ErrnoException, hint, Exit.usage);
  }
  if (unsafe === null) return;
  const { reason, fix } = unsafe;
  throw new KnownError(
    `root does not read ${path}: ${reason}`,
    fix === null ? 'Move the file to a folder that only root can write.' : `Run \`${fix}\`.`,
    Exit.usage,
  );
}
