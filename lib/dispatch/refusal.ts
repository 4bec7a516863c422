import { statSync } from 'node:fs';
import { shellQuote } from '../text/shell_quote';
import { unsafeWay, type Unsafe } from '../system/files/unsafe_way';

/**
 * Why root must not run a script: others could have written it, or could put another in its place. null: it may run; or
 * it is not there, which whoever tries to run it reports.
 *
 * To be asked right before each run, as the script before may have taken minutes. From then on until the kernel opens
 * it nobody but root can replace it (see `unsafeWay`), so that it is run by its own name: scripts look at `$0`.
 */
export function refusal(path: string): Unsafe | null {
  try {
    return unsafeWay(path) ?? unsafeMode(path);
  } catch (error) {
    return { reason: `it cannot be checked: ${(error as Error).message}`, fix: `ls -l ${shellQuote(path)}` };
  }
}

function unsafeMode(path: string): Unsafe | null {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & 0o6000) === 0) return null;
  return { reason: `${path} is set-uid or set-gid`, fix: `chmod ug-s ${shellQuote(path)}` };
}
