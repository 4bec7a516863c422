import { join } from 'node:path';
import { describeEnd } from '../../model/describe_end';
import type { Exec } from '../../model/io';

/** Where the start-up snapshots are: root's, as whoever may write there could have root run anything. */
export const SNAPSHOTS = '/var/cache/kvmvlan';

/**
 * What tells a file from every other, and from itself before any change, for stat(1). A snapshot is called by that of
 * node and of the file that is started; the sh headers look for it (build/headers/find_snapshot.sh), and ask for owner
 * and mode of the folder by the same call. node's mtime is its package's and proves nothing.
 */
export const IDENTITY = '%d-%i-%s-%.9Z-%u-%a,';

/** An installed executable of ours, and the node that its header starts. */
export interface Executable {
  readonly path: string;
  readonly node: string;
}

/** Where the snapshot of an executable is, if there is one; null: stat cannot say, or others may write there. */
export async function snapshotOf({ path, node }: Executable, exec: Exec): Promise<string | null> {
  const { stdout } = await exec('/usr/bin/stat', ['-L', '--printf', IDENTITY, node, path, SNAPSHOTS]);
  const name = /^([^,]+,[^,]+),[^,]+-0-755,$/.exec(stdout)?.[1];
  return name === undefined ? null : join(SNAPSHOTS, name);
}

/**
 * Why node cannot start from a snapshot; null: it can.
 *
 * @param kvmvlan the executable of that name
 */
export async function snapshotFault(
  snapshot: string,
  { path, node }: Executable,
  version: string,
  exec: Exec,
): Promise<string | null> {
  const words = ['--no-warnings', '--snapshot-blob', snapshot, path, '--version'];
  const { ok, stdout, stderr, end } = await exec(node, words);
  if (ok && stdout.trim() === version) return null;
  return ok
    ? `it is of version ${stdout.trim()}`
    : `${describeEnd(end)}: ${stderr.trim().split('\n')[0] ?? ''}`;
}
