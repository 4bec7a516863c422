import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { testCache } from '../../test_cache';
import type { Kernel } from '../kernel';
import { quote } from '../quote';
import { doOn } from './lab';

const PACKAGES = 'ufw,firewalld,docker.io,iptables,nftables,dbus';
/** Where a host sees the Debian with the firewalls, and finds their commands. */
const ROOT = '/run/firewalls/root';
const COMMANDS = '/run/firewalls/bin';
const NAMES = 'ufw firewall-cmd iptables ip6tables iptables-save ip6tables-save docker';

/** Why there are no firewalls here, or undefined if there are. */
export function whyNoFirewalls(): string | undefined {
  if (process.getuid?.() !== 0) return 'it needs root (chroot)';
  return spawnSync('mmdebstrap', ['--version']).error ? 'mmdebstrap is not installed' : undefined;
}

/** A Debian with firewalls in a folder: installed on this machine, they would take over its network. */
function firewallRoot(): string {
  const folder = join(testCache(), 'debian-12-firewalls');
  if (existsSync(folder)) return folder;
  mkdirSync(testCache(), { recursive: true });
  const unfinished = mkdtempSync(`${folder}.`);
  const options = ['doc', 'man', 'locale'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);
  const words = ['--quiet', '--variant=essential', '--aptopt=APT::Install-Recommends "false"', ...options];
  const { status, stderr } = spawnSync(
    'mmdebstrap',
    [...words, `--include=${PACKAGES}`, 'bookworm', unfinished],
    { encoding: 'utf8' },
  );
  if (status !== 0) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new Error(`mmdebstrap: ${stderr}`);
  }
  renameSync(unfinished, folder);
  return folder;
}

/** Mounts the control groups, which Docker asks for, in the current folder: as one tree, or in a folder for each. */
const CONTROL_GROUPS = `
  if grep -q '^[1-9]' /proc/self/cgroup; then
    mount -t tmpfs none . && cd "$PWD" && cut -d: -f2 /proc/self/cgroup | grep -v -e = -e '^$' | while read -r names; do
      mkdir "$names"; mount -t cgroup -o "$names" none "$names"
    done
  else
    mount -t cgroup2 none .
  fi`;

/** Puts the firewalls on the first host of the lab. None of them runs yet. */
export async function bringFirewalls(kernel: Kernel): Promise<void> {
  await doOn(
    kernel,
    'host1',
    `mkdir -p ${ROOT} /run/firewalls/new /run/firewalls/work ${COMMANDS}
     mount -t overlay -o lowerdir=${quote(firewallRoot())},upperdir=/run/firewalls/new,workdir=/run/firewalls/work none ${ROOT}
     mount -t proc proc ${ROOT}/proc; mount -t sysfs sysfs ${ROOT}/sys
     mount --rbind /dev ${ROOT}/dev
     (cd ${ROOT}/sys/fs/cgroup; ${CONTROL_GROUPS})
     for folder in run tmp; do mount -t tmpfs tmpfs ${ROOT}/$folder; done
     for name in ${NAMES}; do
       printf '#!/bin/sh\\nexec chroot ${ROOT} %s "$@"\\n' $name >${COMMANDS}/$name
     done
     printf '#!/bin/sh\\nexec "$@"\\n' >${COMMANDS}/sudo; chmod 755 ${COMMANDS}/*`,
  );
}

/** Runs a script on that host as an administrator does. */
export function administer(kernel: Kernel, script: string): Promise<string> {
  return doOn(kernel, 'host1', `PATH=${COMMANDS}:$PATH\n${script}`, { timeoutMs: 100_000 });
}

/** Starts a program of that Debian in the background, and waits until a command of it works. */
const started = (program: string, works: string): string =>
  `chroot ${ROOT} ${program} >/run/firewalls/said 2>&1 </dev/null &
   until ${works} >/dev/null 2>&1; do kill -0 $! || { cat /run/firewalls/said >&2; exit 1; }; sleep 0.2; done`;

/** How each is started, in the configuration that it is installed with. */
export const START = {
  ufw: 'ufw --force enable',
  firewalld: `mkdir ${ROOT}/run/dbus; chroot ${ROOT} dbus-uuidgen >${ROOT}/etc/machine-id
    chroot ${ROOT} dbus-daemon --system --fork
    ${started('firewalld --nofork --nopid', 'firewall-cmd --state')}`,
  Docker: started('dockerd', 'docker version'),
} as const;
