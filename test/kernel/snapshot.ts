import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { IDENTITY, SNAPSHOTS } from '../../lib/system/files/snapshot_files';
import { quote } from './quote';
import { repositoryRoot } from './repository_root';

/** The node that built hooks start. */
const NODE = '/usr/bin/node';

const pathIn = (shared: string): string => join(shared, 'snapshot');

/**
 * Makes the start-up snapshot of the built program, as an installation does, in the folder that the kernel shares with
 * this machine. In User-Mode Linux, starts from it take half as long. Without a build, or with another node, there is none.
 */
export async function makeSnapshot(shared: string): Promise<void> {
  const program = join(repositoryRoot(), 'build/dist/hooks/bin/kvmvlan');
  if (!existsSync(program) || !existsSync(NODE) || realpathSync(NODE) !== realpathSync(process.execPath))
    return;
  const words = ['--no-warnings', '--snapshot-blob', pathIn(shared), '--build-snapshot', program];
  await promisify(execFile)(NODE, words, { env: {} });
}

/** A script that gives executables their start-up snapshots: each has one with its own name. */
export function linkSnapshots(executables: readonly string[]): string {
  const socket = process.env.KVMVLAN_KERNEL_SOCKET;
  const snapshot = socket === undefined ? '' : pathIn(dirname(socket));
  if (!existsSync(snapshot)) return '';
  return `mkdir -p -m 755 ${SNAPSHOTS}
     node=$(stat -L --printf '${IDENTITY}' ${NODE})
     stat -L --printf '${IDENTITY}\\n' ${executables.map(quote).join(' ')} | while read -r name; do
       ln -sf ${quote(snapshot)} "${SNAPSHOTS}/$node\${name%,}"
     done`;
}
