import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary_folder';

/** An input that any number of scripts can read, each from its beginning. */
export interface ScratchFile {
  /** Returns a new descriptor with its own offset. The caller closes it. */
  open(): number;
  close(): void;
}

/**
 * Keeps an input in an unnamed file, in memory if possible (/run). A regular file also works for scripts that open
 * /dev/stdin, and a script that does not read it cannot block the writer. null: no folder has space and is writable.
 */
export function makeScratchFile(data: Buffer): ScratchFile | null {
  for (const base of ['/run/kvmvlan', '/run', '/dev/shm', temporaryFolder()]) {
    let folder: string | null = null;
    try {
      folder = mkdtempSync(join(base, 'kvmvlan-input-'));
      const path = join(folder, 'input');
      writeFileSync(path, data, { mode: 0o600, flag: 'wx' });
      const fd = openSync(path, 'r');
      return { open: () => openSync(`/proc/self/fd/${fd}`, 'r'), close: () => closeSync(fd) };
    } catch {
      // Try the next folder.
    } finally {
      if (folder !== null) rmSync(folder, { recursive: true, force: true });
    }
  }
  return null;
}
