import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readFolder } from '../system/files/read_folder';
import { PHASES, phaseName } from '../model/libvirt/phases';

/** Guests whose names never come again leave logs behind. */
const DAYS = 90;

/**
 * Removes the logs of scripts that have not been written for 90 days; whatever else lies in the folder stays. Throws
 * where the folder cannot be read or a file not removed.
 *
 * @param now milliseconds since the epoch
 */
export function removeOldLogs(folder: string, now: number): void {
  const prefixes = PHASES.map((phase) => `${phaseName({ ...phase, object: '-', extra: '-' })}_`);
  for (const name of readFolder(folder)) {
    if (!name.endsWith('.log') || !prefixes.some((prefix) => name.startsWith(prefix))) continue;
    const path = join(folder, name);
    // Modular daemons start side by side: another one may have removed it.
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isFile() === true && stat.mtimeMs < now - DAYS * 86_400_000) rmSync(path, { force: true });
  }
}
