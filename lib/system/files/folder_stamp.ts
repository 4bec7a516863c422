import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readFolder } from './read_folder';

/**
 * A text that changes whenever a file with this ending in a folder is added, removed, replaced or written: name,
 * inode and times of each. The folder's own time is not enough: two changes within one tick of the kernel's clock
 * have the same time.
 */
export function folderStamp(folder: string, ending: string): string {
  return readFolder(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => {
      const stat = statSync(join(folder, name), { bigint: true, throwIfNoEntry: false });
      return `${name}\0${stat?.ino}\0${stat?.mtimeNs}\0${stat?.ctimeNs}`;
    })
    .join('\n');
}
