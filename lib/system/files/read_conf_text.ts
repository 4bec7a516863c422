import { resolve } from 'node:path';
import { Exit, KnownError } from '../../model/known_error';
import { shellQuote } from '../../text/shell_quote';
import { cannotRead } from './cannot_read';
import { readText } from './read_text';
import { unsafeWay } from './unsafe_way';

/**
 * The text of a conf file; null: it does not exist. Root must not follow a conf file that another user has written.
 * So as root it is read only if no other user can change what its path leads to (see `unsafeWay`); the same rule
 * applies to scripts. Throws KnownError, also for the reasons of `readText`.
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
    const hint = `Check its permissions with \`ls -l ${shellQuote(path)}\`.`;
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
