import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readFolder } from '../system/files/read_folder';
import { PHASES, phaseName } from '../model/libvirt/phases';

/** Guests that were removed or renamed leave logs behind. */
const DAYS = 90;

/**
 * Removes logs of scripts that were not written for 90 days. Other files in the folder are kept. Throws if the folder
 * cannot be read or a file cannot be removed.
 *
 * @param now milliseconds since the epoch
 */
export function removeOldLogs(folder: string, now: number): void {
  const prefixes = PHASES.map((phase) => `${phaseName({ ...phase, object: '-', extra: '-' })}_`);
  for (const name of readFolder(folder)) {
    if (!name.endsWith('.log') || !prefixes.some((prefix) => name.startsWith(prefix))) continue;
    const path = join(folder, name);
    // Modular daemons start at the same time: another one may have removed it.
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isFile() === true && stat.mtimeMs < now - DAYS * 86_400_000) rmSync(path, { force: true });
  }
}
