import { statSync } from 'node:fs';

/** When a file was last written, in milliseconds since the epoch; null: it does not exist. */
export function modifiedAt(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
