import { readdirSync } from 'node:fs';
import { KnownError } from '../../model/known_error';

/** The names in a folder, sorted; none where it does not exist. Throws KnownError where it cannot be read. */
export function readFolder(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new KnownError(`cannot read ${path}: ${(error as Error).message}`, 'Run it as root.');
  }
}
