import { basename } from 'node:path';
import type { HostIo } from '../../model/io';
import { snapshotFault, snapshotOf, SNAPSHOTS } from '../../system/files/snapshot_files';
import type { Executables } from '../executables';

/** The snapshots that exist and whether they work. */
export interface SnapshotState {
  /** Executables that start without a snapshot. */
  readonly without: readonly string[];
  /** Why node cannot start from an existing snapshot; null: it can. */
  readonly fault: string | null;
}

/** Tries one snapshot: the snapshots of all executables are the same file (make_snapshot.ts). */
export async function snapshotState(
  { kvmvlan, all }: Executables,
  version: string,
  { exec, readFolder }: Pick<HostIo, 'exec' | 'readFolder'>,
): Promise<SnapshotState> {
  const paths = await Promise.all(all.map((executable) => snapshotOf(executable, exec)));
  // Without a path, the folder does not exist or does not belong to kvmvlan.
  const there = new Set(paths.some((path) => path !== null) ? readFolder(SNAPSHOTS) : []);
  const isThere = (path: string | null | undefined): path is string => there.has(basename(path ?? ''));
  const without = all.filter((_one, at) => !isThere(paths[at])).map(({ path }) => path);
  const one = paths.find(isThere);
  return { without, fault: one === undefined ? null : await snapshotFault(one, kvmvlan, version, exec) };
}
