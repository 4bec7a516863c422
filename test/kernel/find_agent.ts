import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentLink } from './agent_link';
import { findUml, searchPath } from './find_uml';
import { openKernel } from './open_kernel';
import { startAgent } from './start_agent';

export interface Found {
  link: AgentLink;
  /** Whether bridges filter VLANs there. Only a kernel that was asked for by name may lack it. */
  filters: boolean;
}

/**
 * A running agent in this machine's own kernel if its bridges filter VLANs, else in User-Mode Linux.
 * KVMVLAN_TEST_KERNEL=netns, uml or none decides instead. Rejects with what is missing, in one line.
 */
export async function findAgent(wanted = process.env.KVMVLAN_TEST_KERNEL): Promise<Found> {
  if (wanted === 'netns') return tryOwnKernel();
  if (wanted === 'uml') return startUml();
  if (wanted !== undefined && wanted !== '') throw new Error(`KVMVLAN_TEST_KERNEL is "${wanted}"`);
  const own = await tryOwnKernel().catch(() => undefined);
  if (own?.filters) return own;
  await own?.link.close();
  return startUml();
}

async function tryOwnKernel(): Promise<Found> {
  const link = await startAgent('netns');
  const kernel = await openKernel(link);
  const { status } = await kernel.run('ip link add name probe type bridge vlan_filtering 1');
  return { link, filters: status === 0 };
}

async function startUml(): Promise<Found> {
  const missing = umlNeeds();
  if (missing.length > 0) {
    const why = `this kernel's bridges cannot filter VLANs, and for User-Mode Linux ${missing.join(', ')} is missing`;
    throw new Error(`${why} (Debian: apt-get install user-mode-linux kmod iproute2 python3)`);
  }
  return { link: await startAgent('uml'), filters: true };
}

function umlNeeds(): string[] {
  const commands = ['insmod', 'ip', 'bridge', 'python3'];
  const missing = commands.filter(
    (command) => !searchPath().some((folder) => existsSync(join(folder, command))),
  );
  return findUml() ? missing : ['linux.uml', ...missing];
}
