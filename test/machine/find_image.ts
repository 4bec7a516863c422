import { spawnSync } from 'node:child_process';
import { newerTool } from '../newer_tool';
import { buildImage, cachedImage } from './image';
import { qemuCommand, type Image } from './start_qemu';

/** The Debian package that each command comes in. */
const needed = {
  setpriv: 'util-linux',
  ...(newerTool(qemuCommand) === undefined ? { [qemuCommand]: 'qemu-system-x86' } : {}),
};
const neededToBuild = { mmdebstrap: 'mmdebstrap', 'mkfs.ext4': 'e2fsprogs' };

function demand(commands: Record<string, string>): void {
  const path = `${process.env.PATH}:/usr/sbin:/sbin`;
  const found = (command: string) =>
    spawnSync('sh', ['-c', 'command -v "$0"', command], { env: { PATH: path } }).status === 0;
  const missing = Object.entries(commands).filter(([command]) => !found(command));
  if (missing.length === 0) return;
  const names = missing.map(([command]) => command).join(', ');
  const install = missing.map(([, debianPackage]) => debianPackage).join(' ');
  throw new Error(`${names} not found; apt-get install --no-install-recommends ${install}`);
}

/** The image of the machine; builds it where that is still to be done. */
export async function findImage(): Promise<Image> {
  demand(needed);
  const cached = cachedImage();
  if (cached) return cached;
  demand(neededToBuild);
  process.stderr.write('The machine tier builds its Debian image, once; this takes a minute or two.\n');
  return buildImage();
}
