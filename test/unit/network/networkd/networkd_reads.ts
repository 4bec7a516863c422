import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DAEMON = '/lib/systemd/systemd-networkd';

/** In a network of its own, with nothing in /etc and /run but the files to read. It ends by itself. */
const SCRIPT = `
  set -e
  mount -t tmpfs tmpfs /run
  for folder in /etc/systemd/network /usr/lib/systemd/network; do
    test ! -d "$folder" || mount -t tmpfs tmpfs "$folder"
  done
  mkdir -p /run/systemd/network
  cp "$1"/* /run/systemd/network
  chmod -R a+rX /run/systemd
  SYSTEMD_LOG_LEVEL=debug SYSTEMD_LOG_TARGET=console timeout --signal=TERM "$2" "$3" 2>&1`;

/** Why systemd-networkd cannot be asked here; undefined: it can. */
export function whyNot(): string | undefined {
  const { status, stderr } = spawnSync('unshare', ['--net', '--mount', DAEMON, '--version'], {
    encoding: 'utf8',
  });
  return status === 0 ? undefined : `it takes root and systemd-networkd: ${stderr.trim()}`;
}

/** What systemd-networkd finds in .network and .netdev files: the netdevs that it loads, and all complaints. */
export function networkdReads(files: Readonly<Record<string, string>>): {
  loaded: string[];
  complaints: string[];
} {
  const folder = mkdtempSync(join(tmpdir(), 'kvmvlan-networkd-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const args = ['--net', '--mount', '--propagation=private', 'sh', '-c', SCRIPT, 'sh', folder, '2', DAEMON];
    const { stdout } = spawnSync('unshare', args, { encoding: 'utf8' });
    const lines = stdout.split('\n');
    return {
      loaded: lines.flatMap((line) => /^(\S+): loaded "(\S+)"$/.exec(line)?.slice(1).join(' ') ?? []),
      complaints: lines.filter((line) => line.includes('/run/systemd/network/')),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
