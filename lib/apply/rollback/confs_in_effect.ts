import { basename, dirname, join } from 'node:path';
import type { HostIo } from '../../model/io';
import { KnownError } from '../../model/known_error';
import { PLUGIN_NAMES } from '../../model/own_plugins';
import { parsePending, type Pending } from './pending';
import { appliedFile, BOOT_ID_FILE, PENDING_FILE } from './state_files';

/** The change that waits to be confirmed; null: there is none, or only root may read it. Throws KnownError. */
export function readPending(io: Pick<HostIo, 'readText' | 'isRoot'>): Pending | null {
  try {
    const text = io.readText(PENDING_FILE);
    return text === null ? null : parsePending(text);
  } catch (error) {
    if (error instanceof KnownError && !io.isRoot) return null;
    throw error;
  }
}

/**
 * Whether a change can no longer be confirmed: its time is over, the host was rebooted, or the rollback has started.
 */
export function isOver({ until, bootId }: Pending, io: Pick<HostIo, 'readText'>, now = Date.now()): boolean {
  return now >= until || io.readText(BOOT_ID_FILE)?.trim() !== bootId;
}

/**
 * The text of a conf file that is in effect. The text of a change that is over is no longer in effect, whether its
 * files have already been put back or not. null: there is no such file. Throws KnownError.
 */
export function readConfInEffect(path: string, io: Pick<HostIo, 'readText' | 'isRoot'>): string | null {
  const text = io.readText(path, 'conf');
  const pending = readPending(io);
  const file = pending?.files.find((one) => one.path === path && one.tried === text);
  return pending !== null && file !== undefined && isOver(pending, io) ? (file.was ?? '') : text;
}

/**
 * Keeps the text of a conf file that has taken effect, for a later rollback. While a change waits to be confirmed it
 * does nothing: confirm keeps the text then. Only the files of a hooks root are kept, not one that was named by hand.
 */
export function keepApplied(path: string, text: string, io: HostIo): void {
  const folder = dirname(path);
  const name = basename(path, '.conf');
  const isOurs = basename(folder) === 'conf' && PLUGIN_NAMES.some((known) => known === name);
  if (!isOurs || !io.isRoot || path !== join(folder, `${name}.conf`)) return;
  const file = appliedFile(dirname(folder), name);
  if (io.readText(file) === text || readPending(io) !== null) return;
  io.writeText(file, text);
}
