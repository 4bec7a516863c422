import { join } from 'node:path';

/** How many full logs are kept, so that what one guest writes does not remove what was logged about all others. */
export const KEPT_LOGS = 4;

/** The files that together are logs/dispatch.log, oldest first; each may be missing. */
export function dispatchLogs(root: string): readonly string[] {
  const path = join(root, 'logs', 'dispatch.log');
  return [...Array.from({ length: KEPT_LOGS }, (_, i) => `${path}.${KEPT_LOGS - i}`), path];
}

/**
 * The text of all of them, oldest line first. The newest file is read first: lines that are rotated meanwhile appear
 * twice instead of being missed.
 *
 * @param read the text of a file; null where there is none
 */
export function readDispatchLogs(root: string, read: (path: string) => string | null): string {
  const texts = [...dispatchLogs(root)].reverse().map((path) => read(path) ?? '');
  // A file may end in half a line.
  return texts.reverse().join('\n');
}
