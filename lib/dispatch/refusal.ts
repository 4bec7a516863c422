import { statSync } from 'node:fs';
import { shellQuote } from '../text/shell_quote';
import { unsafeWay, type Unsafe } from '../system/files/unsafe_way';

/**
 * Why root must not run a script: other users could have written or replaced it. null: it may run, or it does not
 * exist, which is reported when it is run.
 *
 * Call it right before each run, because the previous script may have taken minutes. After the check only root can
 * replace the script (see `unsafeWay`), so it can be run by its own name: scripts use `$0`.
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
