import { lstatSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * A new folder for a hooks root: where tests run as root, one that root alone can write all the way up, as scripts and
 * conf files have to be, which /tmp is not.
 */
export function safeFolder(prefix: string): string {
  if (process.geteuid?.() !== 0) return mkdtempSync(join(tmpdir(), prefix));
  const bases = [tmpdir(), '/var/lib', '/opt'];
  const base = bases.find((path) => isRoots(realpathSync(path)));
  if (base === undefined) throw new Error(`none of ${bases.join(', ')} can be written by root alone`);
  return mkdtempSync(join(base, prefix));
}

function isRoots(folder: string): boolean {
  const { uid, mode } = lstatSync(folder);
  return uid === 0 && (mode & 0o022) === 0 && (folder === '/' || isRoots(dirname(folder)));
}
