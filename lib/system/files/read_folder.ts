import { readdirSync } from 'node:fs';
import { cannotRead } from './cannot_read';

/** The names in a folder, sorted; empty if it does not exist. Throws KnownError if it cannot be read. */
export function readFolder(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cannotRead(path, error as NodeJS.ErrnoException, 'Run the command as root.');
  }
}
