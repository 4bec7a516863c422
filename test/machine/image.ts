import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { testCache } from '../test_cache';
import { removeLeftovers } from './leftovers';
import { machineTests } from './machine_tests';
import type { Image } from './start_qemu';

/** Debian 12; `trixie` is Debian 13, with libvirt 11. */
const suite = process.env.KVMVLAN_TEST_SUITE ?? 'bookworm';
const packages = [
  ...['systemd', 'systemd-sysv', 'dbus', 'udev', 'kmod', 'procps', 'iproute2', 'apparmor'],
  ...['libvirt-daemon-system', 'libvirt-clients', 'qemu-system-x86', 'nodejs', 'python3'],
  'linux-image-cloud-amd64',
  ...['nftables', 'tcpdump'],
  // A network stack for guests that need one (ipxe.ts).
  'ipxe',
  // The network in which `kvmvlan bridge` is tested (bridge/lab): its servers, and who logs in from outside.
  ...['dnsmasq-base', 'iputils-ping', 'openssh-server', 'openssh-client', 'libpam-systemd'],
  // Managers of the network, disabled until a test enables one.
  ...['network-manager', 'ifupdown2', 'netplan.io', 'networkd-dispatcher'],
];
const builder = join(machineTests, 'build_image.sh');
const builderParts = ['add_set.sh', 'guest/kvmvlan-agent.service'].map((name) => join(machineTests, name));

/** Another list of packages, or another way to build, is another image. */
function imageName(): string {
  const key = createHash('sha256').update([suite, ...packages].join());
  for (const file of [builder, ...builderParts]) key.update(readFileSync(file));
  return `machine-${suite}-${key.digest('hex').slice(0, 12)}`;
}

function inFolder(folder: string): Image {
  return {
    disk: join(folder, 'disk.img'),
    kernel: join(folder, 'vmlinuz'),
    initrd: join(folder, 'initrd.img'),
  };
}

/** The image of the machine, if it was built before. */
export function cachedImage(): Image | undefined {
  const folder = join(testCache(), imageName());
  return existsSync(folder) ? inFolder(folder) : undefined;
}

/** Builds the image: a minute or two, most of it downloads. Throws with the builder's last words. */
export async function buildImage(): Promise<Image> {
  const cache = testCache();
  const name = imageName();
  const unfinished = join(cache, `${name}.${process.pid}`);
  await mkdir(unfinished, { recursive: true });
  removeLeftovers(cache, 'machine-');
  try {
    await run('sh', [builder, suite, packages.join(), unfinished]);
    for (const old of await readdir(cache)) {
      // A machine that still runs keeps its files open.
      if (old.startsWith(`machine-${suite}-`) && !old.includes('.'))
        await rm(join(cache, old), { recursive: true, force: true });
    }
    await rename(unfinished, join(cache, name)).catch((error: unknown) => {
      // Another run of the tests has built it meanwhile.
      if (cachedImage() === undefined) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return inFolder(join(cache, name));
}

function run(command: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-2000)));
    }
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve();
      else reject(new Error(`${command} ${args[0]} failed (${status}):\n${output}`));
    });
  });
}
