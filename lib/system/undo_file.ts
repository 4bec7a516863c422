import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { KnownError } from '../types';

/** Gone after a boot, and so is what it would undo. */
export const UNDO_FILE = '/run/kvmvlan/undo.json';

/** Writes it whole or not at all; null removes it. Throws KnownError. */
export function writeUndoFile(text: string | null): void {
  try {
    if (text === null) return rmSync(UNDO_FILE, { force: true });
    mkdirSync(dirname(UNDO_FILE), { recursive: true, mode: 0o755 });
    writeFileSync(`${UNDO_FILE}.new`, text, { mode: 0o600 });
    renameSync(`${UNDO_FILE}.new`, UNDO_FILE);
  } catch (error) {
    throw new KnownError(
      `cannot write ${UNDO_FILE}: ${(error as Error).message}`,
      'Look at `ls -ld /run/kvmvlan` and `df /run`.',
    );
  }
}
