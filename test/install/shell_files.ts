import { closeSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './repository_root';

/** What is in a checkout and is not part of the project. */
const OTHERS = ['.git', 'node_modules', 'build/dist'];

/**
 * The paths of all shell files of the checkout, also of new files that git does not know yet: their names end in .sh or
 * .bash, or their first lines name a shell. Git is not asked, because a checkout may be an unpacked archive.
 */
export function shellFiles(folder = ''): string[] {
  return readdirSync(join(repositoryRoot, folder)).flatMap((name) => {
    const path = join(folder, name);
    const stat = lstatSync(join(repositoryRoot, path));
    if (OTHERS.includes(path)) return [];
    if (stat.isDirectory()) return shellFiles(path);
    return stat.isFile() && (/\.(ba)?sh$/.test(name) || /^#!.*sh\b/.test(firstLine(path))) ? [path] : [];
  });
}

function firstLine(path: string): string {
  const bytes = Buffer.alloc(80);
  const file = openSync(join(repositoryRoot, path), 'r');
  const length = readSync(file, bytes);
  closeSync(file);
  return bytes.toString('latin1', 0, length).split('\n', 1)[0] ?? '';
}
