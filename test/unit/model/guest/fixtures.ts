import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '../../../fixtures/libvirt-9.0.0');

/** The guest operations whose input a real libvirtd wrote. */
export const GUEST_FIXTURES = [
  'qemu_prepare_begin',
  'qemu_start_begin',
  'qemu_started_begin',
  'qemu_reconnect_begin',
  'qemu_restore_begin',
  'qemu_stopped_end',
  'qemu_release_end',
];

/** What a real libvirtd wrote to its hook's standard input. */
export function fixture(name: string): string {
  return readFileSync(join(FOLDER, `${name}.xml`), 'utf8');
}

/** A guest as libvirt keeps it in its status file, less the declaration of its own file. */
export function statusFile(domain: string): string {
  return `<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE.\n-->\n\n<domstatus state='running' reason='booted' pid='77'>
  <taint flag='high-privileges'/>
  <monitor path='/run/x' type='unix'/>
  <qemuCaps>\n${"    <flag name='kvm'/>\n".repeat(50)}  </qemuCaps>
  <devices>\n    <device alias='net9'/>\n  </devices>
${domain.replace(/<\?xml.*?\?>|<!--[^]*?-->/g, '')}\n</domstatus>\n`;
}
