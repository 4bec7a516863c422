import { join } from 'node:path';
import { describeEnd } from '../../model/describe_end';
import type { Exec } from '../../model/io';

/** The folder of start-up snapshots. Only root may write to it: a snapshot can contain any code, and root runs it. */
export const SNAPSHOTS = '/var/cache/kvmvlan';

/**
 * A format of stat(1) that identifies a version of a file: it differs for every other file, and after every change.
 * The name of a snapshot consists of that of node and that of the started file. The sh headers search for it
 * (build/headers/find_snapshot.sh) and check owner and mode of the folder with the same call. node's mtime comes from
 * its package, so it is no proof.
 */
export const IDENTITY = '%d-%i-%s-%.9Z-%u-%a,';

/** An installed executable of kvmvlan, and the node that its header starts. */
export interface Executable {
  readonly path: string;
  readonly node: string;
}

/**
 * The path of an executable's snapshot, which may not exist; null: stat fails, or other users may write to the
 * folder.
 */
export async function snapshotOf({ path, node }: Executable, exec: Exec): Promise<string | null> {
  const { stdout } = await exec('/usr/bin/stat', ['-L', '--printf', IDENTITY, node, path, SNAPSHOTS]);
  const name = /^([^,]+,[^,]+),[^,]+-0-755,$/.exec(stdout)?.[1];
  return name === undefined ? null : join(SNAPSHOTS, name);
}

/**
 * Why node cannot start from a snapshot; null: it can.
 *
 * @param kvmvlan the executable `kvmvlan`
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
    ? `its version is ${stdout.trim()}`
    : `${describeEnd(end)}: ${stderr.trim().split('\n')[0] ?? ''}`;
}
