import { dirname, join } from 'node:path';
import type { HostIo } from '../model/io';
import type { PluginCall } from './plugin';
import { startDetached } from '../system/process/start_detached';

/**
 * No hook is called when a guest begins to run that has come from another host. A process that stays until then notices
 * it in libvirt's status files: a unit of systemd, or on a host without systemd a process of its own.
 */
export async function followArrival(call: PluginCall, io: HostIo): Promise<void> {
  const unit = await io.exec('systemctl', ['start', '--no-block', 'kvmvlan-routes.service']);
  if (unit.ok) return;
  const script = join(dirname(dirname(call.conf)), 'qemu_start_begin.d', 'guest_routes');
  await startDetached([script, '--follow'], io.exec);
}
