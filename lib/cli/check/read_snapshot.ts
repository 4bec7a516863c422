import { snapshotFault, snapshotOf } from '../../system/files/snapshot_files';
import { findExecutables } from '../executables';
import type { CheckIo } from './check_io';
import type { Facts } from './facts';

/** Whether hooks and commands start from a snapshot; null: there is no bin/kvmvlan. */
export async function readSnapshot(
  io: CheckIo,
  root: string,
  version: string,
  node: string,
): Promise<Facts['snapshot']> {
  const { exec } = io.plugin;
  const found = findExecutables(root, io.text, node);
  if (found === null) return null;
  const without: string[] = [];
  let fault: string | null = null;
  for (const executable of found.all) {
    const path = await snapshotOf(executable, exec);
    if (path === null || io.stat(path) === null) without.push(executable.path);
    else fault ??= await snapshotFault(path, found.kvmvlan, version, exec);
  }
  return { without, fault };
}
