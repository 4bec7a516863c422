import { findExecutables } from '../executables';
import { snapshotState, type SnapshotState } from '../snapshot/snapshot_state';
import type { CheckIo } from './check_io';

/** Whether hooks and commands start from a snapshot; null: bin/kvmvlan does not exist. */
export async function readSnapshot(
  { plugin, text, names }: CheckIo,
  root: string,
  version: string,
  node: string,
): Promise<SnapshotState | null> {
  const found = findExecutables(root, text, node);
  const readFolder = (path: string): readonly string[] => names(path) ?? [];
  return found === null ? null : snapshotState(found, version, { exec: plugin.exec, readFolder });
}
