import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BootedMachine } from './booted_machine';
import { buildImage, cachedImage } from './image';
import { keep } from './kept_machine';
import { removeLeftovers } from './leftovers';
import { shareMachine } from './share_machine';
import type { Image } from './start_qemu';

/** The Debian package that each command comes in. */
const needed = { setpriv: 'util-linux', 'qemu-system-x86_64': 'qemu-system-x86' };
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

async function findImage(): Promise<Image> {
  demand(needed);
  const cached = cachedImage();
  if (cached) return cached;
  demand(neededToBuild);
  process.stderr.write('The machine tier builds its Debian image, once; this takes a minute or two.\n');
  return buildImage();
}

/** Starts the one machine of the tier. It boots while other tests run: describeMachine waits for it. */
export default async function globalSetup(): Promise<void> {
  let image: Image;
  try {
    image = await findImage();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (process.env.KVMVLAN_REQUIRE_ALL_TIERS === '1') throw new Error(`The machine tier cannot run: ${why}`);
    process.stderr.write(`The machine tier is skipped: ${why}\n`);
    return;
  }
  removeLeftovers(tmpdir(), 'kvmvlan-machine.');
  const folder = join(tmpdir(), `kvmvlan-machine.${process.pid}`);
  mkdirSync(folder, { mode: 0o700 });
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const socket = join(folder, 'socket');
  keep(shareMachine(new BootedMachine(image, folder), socket));
  process.env.KVMVLAN_MACHINE_SOCKET = socket;
}
