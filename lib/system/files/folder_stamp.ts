import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readFolder } from './read_folder';

/**
 * A text that changes whenever a file in a folder with this ending is added, removed, replaced or written: name, inode
 * and times of each. The folder's own time is not enough, as two changes within one tick of the kernel's clock share it.
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
