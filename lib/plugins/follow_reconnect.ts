import { dirname, join } from 'node:path';
import type { HostIo } from '../model/io';
import type { PluginCall } from './plugin';
import { STATUS_FOLDER } from '../system/libvirt/read_guests';
import { startDetached } from '../system/process/start_detached';
import { isOfSession } from './require_root';

/** Longer than libvirtd takes from its hook to the first guest: it queries the capabilities of each QEMU binary. */
const SETTLE_SECONDS = '60';

/**
 * After its start hook, libvirt connects to the running guests, puts taps that have lost their bridge back into it, and
 * then writes the guest's status file (qemu_process.c, qemuProcessReconnect). kvmvlan.path notices that. If it does not
 * run, for example on a host without systemd, a process that stays for a while does the same.
 */
export async function followReconnect(call: PluginCall, io: HostIo): Promise<void> {
  const isStart = call.hook?.driver === 'daemon' && call.hook.operation === 'start';
  if (!isStart || call.dryRun || isOfSession(call, io)) return;
  if (!io.readFolder(STATUS_FOLDER).some((name) => name.endsWith('.xml'))) return;
  const path = await io.exec('systemctl', ['--quiet', 'is-active', 'kvmvlan.path']);
  if (path.ok) return;
  const script = join(dirname(dirname(call.conf)), 'daemon_start.d', 'vlan_filtering');
  await startDetached([script, '--all', '--settle', SETTLE_SECONDS], io.exec);
}
