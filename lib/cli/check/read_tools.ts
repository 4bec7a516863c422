import type { CheckIo } from './check_io';
import type { Facts } from './facts';

/** The folders of iproute2's tools, searched before the PATH, as in lib/system/process/exec.ts. */
const FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Reads the versions and paths of node, iproute2 and the kernel. */
export async function readTools(
  io: CheckIo,
  node: Facts['node'],
  path: string | undefined,
): Promise<Pick<Facts, 'node' | 'bridge' | 'kernel'>> {
  const release = (io.text('/proc/sys/kernel/osrelease') ?? '').trim();
  const [version, config] = await Promise.all([io.plugin.exec('bridge', ['-V']), kernelConfig(io, release)]);
  const found = [...FOLDERS, ...(path ?? '').split(':')]
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => `${folder}/bridge`)
    .find((file) => io.stat(file)?.isExecutable === true);
  const option = /^CONFIG_BRIDGE_VLAN_FILTERING=(.)/m.exec(config ?? '')?.[1];
  const vlanFiltering = option === 'y' || option === 'm' ? option : config === null ? null : 'n';
  return {
    node,
    // `bridge utility, 6.1.0`; some builds print iproute2-6.1.0, older ones iproute2-ss200127.
    bridge: {
      path: found ?? null,
      version: /utility, (?:iproute2-)?([^\s,]+)/.exec(version.stdout + version.stderr)?.[1] ?? null,
    },
    kernel: { release, vlanFiltering },
  };
}

async function kernelConfig(io: CheckIo, release: string): Promise<string | null> {
  const text = io.text(`/boot/config-${release}`) ?? io.text(`/lib/modules/${release}/config`);
  if (text !== null) return text;
  if (io.stat('/proc/config.gz') === null) return null;
  const result = await io.plugin.exec('zcat', ['/proc/config.gz']);
  return result.ok ? result.stdout : null;
}
