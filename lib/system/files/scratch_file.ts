import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary_folder';

/** An input that any number of scripts can read, each from its beginning. */
export interface ScratchFile {
  /** A new descriptor, whose offset is its own. The caller closes it. */
  open(): number;
  close(): void;
}

/**
 * Keeps an input in a file without a name, in memory where /run is. A regular file serves scripts that open
 * /dev/stdin, and one that never reads it keeps nobody waiting. null: every place is full, or not ours to write.
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
      // The next one.
    } finally {
      if (folder !== null) rmSync(folder, { recursive: true, force: true });
    }
  }
  return null;
}
