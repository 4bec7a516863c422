import type { CheckIo } from './check_io';
import type { Facts } from './facts';

const LOCAL_PROFILES = ['usr.sbin.libvirtd', 'usr.sbin.virtqemud', 'abstractions/libvirt-qemu'];

/** The rpm installs it. */
const MODULE_FILE = '/usr/share/selinux/packages/kvmvlan.cil';

/** Seconds. */
const DAY = 86_400;

/** The settings of AppArmor and SELinux, and the kernel's log of the last day. */
export async function readSecurity(
  io: CheckIo,
  root: string,
): Promise<Pick<Facts, 'appArmorLocal' | 'selinux' | 'kernelLog'>> {
  const local = LOCAL_PROFILES.flatMap((name) => io.text(`/etc/apparmor.d/local/${name}`) ?? []);
  const [selinux, kernelLog] = await Promise.all([readSelinux(io, root), readKernelLog(io)]);
  return { appArmorLocal: local.length === 0 ? null : local.join('\n'), selinux, kernelLog };
}

async function readSelinux(io: CheckIo, root: string): Promise<Facts['selinux']> {
  const enforce = io.text('/sys/fs/selinux/enforce');
  if (enforce === null) return null;
  const [listed, restored, bool, modules] = await Promise.all([
    io.plugin.exec('ls', ['-Zd', root]),
    // With -n it changes nothing.
    io.plugin.exec('restorecon', ['-nvR', root]),
    io.plugin.exec('getsebool', ['virt_hooks_unconfined']),
    io.plugin.exec('semodule', ['-l']),
  ]);
  return {
    enforce: enforce.trim() === '1',
    context: listed.ok ? (listed.stdout.split(' ')[0] ?? null) : null,
    mislabelled: restored.ok ? mislabelled(restored.stdout) : null,
    unconfined: bool.ok ? bool.stdout.includes('--> on') : null,
    // Before policycoreutils 2.4, the version follows the name.
    hasModule: modules.ok ? /^kvmvlan(\s|$)/m.test(modules.stdout) : null,
    moduleFile: io.stat(MODULE_FILE) === null ? null : MODULE_FILE,
    hasVirtqemud: io.stat('/usr/sbin/virtqemud') !== null,
  };
}

/** `Would relabel PATH from CONTEXT to CONTEXT`; before policycoreutils 2.9 `restorecon reset PATH context …`. */
function mislabelled(output: string): string[] {
  return output
    .split('\n')
    .flatMap(
      (line) =>
        /^(?:Would relabel|restorecon reset) (.+) (?:from|context) \S+( to |->)/.exec(line)?.[1] ?? [],
    );
}

async function readKernelLog(io: CheckIo): Promise<readonly string[] | null> {
  // Without --quiet: journalctl must report if it leaves out messages of other users.
  const journal = await io.plugin.exec('journalctl', [
    ...['--dmesg', '--since=-1d', '--no-pager', '--output=cat'],
  ]);
  const isPart = /insufficient permissions|not seeing messages|no journal files/i.test(journal.stderr);
  const texts = [
    journal.ok && !isPart ? journal.stdout : (io.text('/var/log/kern.log') ?? (await readDmesg(io))),
    io.text('/var/log/audit/audit.log'),
  ].filter((text) => text !== null);
  if (texts.length === 0) return null;
  const yesterday = io.now() / 1000 - DAY;
  return texts.flatMap((text) =>
    text
      .split('\n')
      .slice(-20_000)
      .filter((line) => !(auditTime(line) < yesterday)),
  );
}

/** The time in `audit(1700000000.123:45)` in seconds since the epoch; NaN: not a line of the audit log. */
function auditTime(line: string): number {
  return Number(/\baudit\((\d+)\.\d+:\d+\)/.exec(line)?.[1] ?? NaN);
}

async function readDmesg(io: CheckIo): Promise<string | null> {
  const result = await io.plugin.exec('dmesg', []);
  return result.ok ? result.stdout : null;
}
