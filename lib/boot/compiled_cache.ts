import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';

/** Root's alone, in memory, and gone after a boot. */
const FOLDER = '/run/kvmvlan/compiled';

/** What V8 made of an executable; null where there is nothing, or nothing that may be trusted. */
export function readCompiled(file: string): Buffer | null {
  try {
    return isSafe() ? readFileSync(join(FOLDER, entryName(file))) : null;
  } catch {
    return null; // Not there yet: it is only a shortcut.
  }
}

/** Keeps what V8 made of an executable, in the place of what it made of an earlier one of the name. */
export function writeCompiled(file: string, compiled: Buffer): void {
  try {
    mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
    if (!isSafe()) return;
    const entry = entryName(file);
    const own = entry.slice(0, entry.lastIndexOf('@') + 1);
    for (const old of readdirSync(FOLDER))
      if (old.startsWith(own)) rmSync(join(FOLDER, old), { force: true });
    const temporary = join(FOLDER, `.${process.pid}`);
    writeFileSync(temporary, compiled, { mode: 0o600 });
    renameSync(temporary, join(FOLDER, entry));
  } catch {
    // A full or read-only /run costs time only.
  }
}

/** Whoever may write there could have us run anything. */
function isSafe(): boolean {
  const stat = lstatSync(FOLDER);
  return process.geteuid?.() === 0 && stat.isDirectory() && stat.uid === 0 && (stat.mode & 0o077) === 0;
}

/** Another after every change of the file, which nobody can hide from its ctime (V8 compares lengths only). */
function entryName(file: string): string {
  const { ino, ctimeNs, size } = statSync(file, { bigint: true });
  return `${basename(file)}@${ino}-${ctimeNs}-${size}-${process.version}`;
}
