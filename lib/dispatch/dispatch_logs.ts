import { join } from 'node:path';

/** How many rotated logs are kept, so that the lines of one guest do not remove those of all others. */
export const KEPT_LOGS = 4;

/** logs/dispatch.log and its rotated files, oldest first; each may be missing. */
export function dispatchLogs(root: string): readonly string[] {
  const path = join(root, 'logs', 'dispatch.log');
  return [...Array.from({ length: KEPT_LOGS }, (_, i) => `${path}.${KEPT_LOGS - i}`), path];
}

/**
 * The text of all of them, oldest line first. The newest file is read first: lines that are rotated during the read
 * appear twice instead of being missed.
 *
 * @param read returns the text of a file; null: it does not exist
 */
export function readDispatchLogs(root: string, read: (path: string) => string | null): string {
  const texts = [...dispatchLogs(root)].reverse().map((path) => read(path) ?? '');
  // A file may end in half a line.
  return texts.reverse().join('\n');
}
