import type { CheckIo } from './check_io';
import type { Facts } from './facts';

const LOCAL_PROFILES = ['usr.sbin.libvirtd', 'usr.sbin.virtqemud', 'abstractions/libvirt-qemu'];

/** AppArmor's and SELinux's settings, and what the kernel said in the last day. */
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
  const [listed, bool] = await Promise.all([
    io.plugin.exec('ls', ['-Zd', root]),
    io.plugin.exec('getsebool', ['virt_hooks_unconfined']),
  ]);
  return {
    enforce: enforce.trim() === '1',
    context: listed.ok ? (listed.stdout.split(' ')[0] ?? null) : null,
    unconfined: bool.ok ? bool.stdout.includes('--> on') : null,
  };
}

async function readKernelLog(io: CheckIo): Promise<readonly string[] | null> {
  // Not quiet: it then would not say that others' messages are left out.
  const journal = await io.plugin.exec('journalctl', [
    ...['--dmesg', '--since=-1d', '--no-pager', '--output=cat'],
  ]);
  const isPart = /insufficient permissions|not seeing messages|no journal files/i.test(journal.stderr);
  const texts = [
    journal.ok && !isPart ? journal.stdout : (io.text('/var/log/kern.log') ?? (await readDmesg(io))),
    io.text('/var/log/audit/audit.log'),
  ].filter((text) => text !== null);
  return texts.length === 0 ? null : texts.flatMap((text) => text.split('\n').slice(-20_000));
}

async function readDmesg(io: CheckIo): Promise<string | null> {
  const result = await io.plugin.exec('dmesg', []);
  return result.ok ? result.stdout : null;
}
