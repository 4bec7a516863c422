import { statSync } from 'node:fs';

/** When a file was last written, in milliseconds since 1970; null: there is no such file. */
export function modifiedAt(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
