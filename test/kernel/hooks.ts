import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Kernel, RunResult } from './kernel';
import { quote } from './quote';
import { repositoryRoot } from './repository_root';
import { succeed } from './succeed';

/** The hooks root inside the kernel. */
export const HOOKS = '/run/hooks';
export const VLAN_FILTERING = `${HOOKS}/qemu_start_begin.d/vlan_filtering`;
export const BRIDGE_INIT = `${HOOKS}/daemon_start.d/bridge_init`;

/** The links that tests of VLANs need. `phaseLinks` has all that the package installs; each costs a start of node. */
const LINKS = {
  'daemon_reload.d/bridge_init': '../daemon_start.d/bridge_init',
  'network_started_begin.d/bridge_init': '../daemon_start.d/bridge_init',
  'qemu_started_begin.d/vlan_filtering': '../qemu_start_begin.d/vlan_filtering',
  'daemon_start.d/vlan_filtering': '../qemu_start_begin.d/vlan_filtering',
  // Not as installed; it works there as well.
  'qemu_reconnect_begin.d/vlan_filtering': '../qemu_start_begin.d/vlan_filtering',
};

/** The built hooks with these links and conf files: names less `.conf`. */
export async function installHooks(kernel: Kernel, confs: Record<string, string>): Promise<void> {
  const built = join(repositoryRoot(), 'build/dist/hooks');
  if (!existsSync(built)) throw new Error('The hooks are not built: npm run build');
  const links = Object.entries(LINKS).map(
    ([link, target]) => `mkdir -p $(dirname ${HOOKS}/${link}); ln -s ${target} ${HOOKS}/${link}`,
  );
  await succeed(
    kernel,
    `cp -r ${quote(built)} ${HOOKS}
     mkdir -p ${HOOKS}/conf
     chmod -R go-w ${HOOKS}
     ${links.join('\n')}`,
  );
  await configure(kernel, confs);
}

/** Writes conf files, by names less `.conf`. */
export async function configure(kernel: Kernel, confs: Record<string, string>): Promise<void> {
  const writes = Object.entries(confs).map(
    ([name, text]) => `printf %s ${quote(text)} >${HOOKS}/conf/${name}.conf`,
  );
  await succeed(kernel, writes.join('\n'));
}

export interface Interface {
  /** The tap's name on the host. */
  dev: string;
  bridge: string;
}

/** The `nic`th interface of a guest, from 0. */
export function interfaceXml({ dev, bridge }: Interface, nic: number): string {
  return `    <interface type='bridge'>
      <mac address='52:54:00:00:00:${nic.toString(16).padStart(2, '0')}'/>
      <source bridge='${bridge}'/>
      <target dev='${dev}'/>
      <alias name='net${nic}'/>
    </interface>`;
}

/** What libvirt tells of a guest, as much of it as hooks look at. */
export function domainXml(guest: string, interfaces: readonly Interface[]): string {
  const devices = interfaces.map(interfaceXml);
  return `<domain type='kvm' id='1'>
  <name>${guest}</name>
  <devices>
${devices.join('\n')}
  </devices>
</domain>
`;
}

/** Calls the qemu hook as libvirt does: `operation` with its sub-operation `begin`. */
export function qemuHook(
  kernel: Kernel,
  guest: string,
  operation: 'start' | 'started' | 'reconnect',
  xml: string,
  env = '',
): Promise<RunResult> {
  return kernel.run(`cd /; ${env} ${HOOKS}/qemu ${quote(guest)} ${operation} begin -`, { stdin: xml });
}
