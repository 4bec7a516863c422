import { domainXml } from './demo/example';
import { GUESTS } from './example_switch';
import { HOOKS } from './hooks';
import type { Kernel } from './kernel';
import { quote } from './quote';
import { succeed } from './succeed';

/** The command, as it is installed in the kernel. */
export const KVMVLAN = `${HOOKS}/bin/kvmvlan`;

/** Says of the example's guests that they run, as libvirt does. */
export async function runGuests(kernel: Kernel): Promise<void> {
  const writes = Object.keys(GUESTS).map((guest) => {
    const xml = `<domstatus state='running'>\n${domainXml(guest)}</domstatus>\n`;
    return `printf %s ${quote(xml)} >/run/libvirt/qemu/${guest}.xml`;
  });
  await succeed(kernel, `mkdir -p /run/libvirt/qemu\n${writes.join('\n')}`);
}
