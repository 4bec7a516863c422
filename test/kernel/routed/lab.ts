import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HOOKS, installHooks } from '../hooks';
import type { Kernel, RunOptions, RunResult } from '../kernel';
import { phaseLinks } from '../package_links';
import { quote } from '../quote';
import { repositoryRoot } from '../repository_root';
import { succeed } from '../succeed';

export type Host = 'host1' | 'host2';
export const HOSTS: readonly Host[] = ['host1', 'host2'];

/** Of the guest, in the guest's own namespace. */
export const ADDRESS = { v4: '203.0.113.20', v6: '2001:db8::20' };
/** What the guest and the router reach each other by. */
export const ROUTER = { v4: '203.0.113.1', v6: '2001:db8::1' };

export const PLUGIN = `${HOOKS}/qemu_start_begin.d/guest_routes`;

/** One guest with both addresses, announced on eth0; nft, which User-Mode Linux lacks, is tested elsewhere. */
export const CONF = `[DEFAULT]
uplink = eth0
strict = no
probe = no
[web]
guest = web
nic = 0
address = ${ADDRESS.v4}, ${ADDRESS.v6}
`;

/**
 * Two hosts with the installed hooks, a router, and a guest that is connected to neither yet.
 *
 * @param site where the hosts have their own addresses, see lab.sh
 */
export async function buildLab(
  kernel: Kernel,
  conf = CONF,
  site: 'inside' | 'outside' = 'inside',
): Promise<void> {
  await installHooks(kernel, { guest_routes: conf });
  const links = phaseLinks('guest_routes').map(({ link, target }) => {
    const folder = `${HOOKS}/${dirname(link)}`;
    return `rm -rf ${folder}; mkdir ${folder}; ln -s ${target} ${HOOKS}/${link}`;
  });
  // Other plugins have nothing to do here, and each costs a start of node.
  await succeed(kernel, `rm ${HOOKS}/qemu_start_begin.d/vlan_filtering\n${links.join('\n')}`);
  const script = readFileSync(join(repositoryRoot(), 'test/kernel/routed/lab.sh'), 'utf8');
  await succeed(kernel, `set -- ${site}\n${script}`);
  for (const host of HOSTS) await succeed(kernel, `cp -a ${HOOKS}/. /run/lab/${host}/run/hooks/`);
}

/** Runs a script in a namespace: that of a host, with its folders, of the router, of the guest, or of another machine. */
export function on(kernel: Kernel, space: string, script: string, options?: RunOptions): Promise<RunResult> {
  return kernel.run(`/run/lab/on ${space} sh -c ${quote(script)}`, options);
}

/** The same for a script that must work. Returns its stdout. */
export function doOn(kernel: Kernel, space: string, script: string, options?: RunOptions): Promise<string> {
  return succeed(kernel, `/run/lab/on ${space} sh -c ${quote(`set -e\n${script}`)}`, options);
}

/** Writes guest_routes.conf of a host. */
export async function configureHost(kernel: Kernel, host: Host, conf: string): Promise<void> {
  await doOn(kernel, host, `cat >${HOOKS}/conf/guest_routes.conf`, { stdin: conf });
}

/** Makes the guest's tap on a host, as libvirt does before `start begin`. */
export async function plugTap(kernel: Kernel, host: Host, dev = 'vnet0'): Promise<void> {
  await succeed(
    kernel,
    `ip link add ${dev} address fe:54:00:00:00:05 netns ${host} type veth peer name ${host}-${dev} netns guest
     ip -n ${host} link set ${dev} up; ip -n guest link set ${host}-${dev} up`,
  );
}

/** What the end of QEMU does to it. */
export async function unplugTap(kernel: Kernel, host: Host, dev = 'vnet0'): Promise<void> {
  await succeed(kernel, `ip -n ${host} link del ${dev}`);
}

/** A line of shell: the guest runs on a host, so what it sends leaves through its tap there; or it has stopped. */
export function moveScript(host: Host, isRunning: boolean, dev = 'vnet0'): string {
  return `ip -n guest link set ${host}-${dev} ${isRunning ? 'master eth0' : 'nomaster'}`;
}

/** The guest runs on a host from now on. */
export async function runGuest(kernel: Kernel, host: Host, dev = 'vnet0'): Promise<void> {
  await succeed(kernel, moveScript(host, true, dev));
}
