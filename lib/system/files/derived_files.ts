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
import { basename, dirname, join } from 'node:path';

/** Root's alone, in memory, and gone after a boot. */
const FOLDER = '/run/kvmvlan/derived';

/** More than a file system's clock, and a change of the host's, may be behind. */
const SETTLED_MS = 1_000;

/** What was once found out about an executable, so that it need not be again. */
type Kind = `compiled-${string}` | 'fingerprint';

/** null where there is nothing, or nothing that may be trusted. */
export function readDerived(kind: Kind, file: string): Buffer | null {
  try {
    return isSafe() ? readFileSync(join(FOLDER, entryName(kind, file))) : null;
  } catch {
    return null; // Not there yet: it is only a shortcut.
  }
}

/** Keeps it, in the place of what was found out about an earlier executable of the name. */
export function writeDerived(kind: Kind, file: string, data: Buffer): void {
  try {
    // Recursive, it would give the folder above this mode too.
    mkdirSync(dirname(FOLDER), { recursive: true, mode: 0o755 });
    mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
    if (!isSafe()) return;
    const entry = entryName(kind, file);
    const [own, state] = [`${basename(file)}.`, entry.slice(entry.lastIndexOf('@'))];
    for (const old of readdirSync(FOLDER)) {
      const isOwn = old.startsWith(own) && /^[a-z-]+@[^@]*$/.test(old.slice(own.length));
      if (isOwn && !old.endsWith(state)) rmSync(join(FOLDER, old), { force: true });
    }
    const temporary = join(FOLDER, `.${process.pid}`);
    writeFileSync(temporary, data, { mode: 0o600 });
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

/**
 * Another after every change of the file, which nobody can hide from its ctime (V8 compares lengths only). Throws where
 * it may have changed since this process started: what was read of it need not be what it is now.
 */
function entryName(kind: Kind, file: string): string {
  const { ino, ctimeMs, ctimeNs, size } = statSync(file, { bigint: true });
  if (Number(ctimeMs) > Date.now() - process.uptime() * 1000 - SETTLED_MS) throw new Error('just installed');
  return `${basename(file)}.${kind}@${ino}-${ctimeNs}-${size}-${process.version}`;
}
