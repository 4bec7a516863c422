import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findAgent } from './find_agent';
import { shareAgent } from './share_agent';
import { keep } from './shared_kernel';

/** One boot for the whole tier: this process keeps the kernel, the tests' processes ask it through a socket. */
export default async function globalSetup(): Promise<void> {
  try {
    const { link, filters } = await findAgent();
    const socket = join(link.shared, 'socket');
    const stopSharing = await shareAgent(link, socket);
    process.env.KVMVLAN_KERNEL_SOCKET = socket;
    process.env.KVMVLAN_KERNEL_KIND = link.kind;
    process.env.KVMVLAN_KERNEL_FILTERS = filters ? '1' : '0';
    keep(async () => {
      await stopSharing();
      await link.close();
      await rm(link.shared, { recursive: true, force: true });
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (process.env.KVMVLAN_REQUIRE_ALL_TIERS === '1') throw new Error(`The kernel tier cannot run: ${why}`);
    process.stderr.write(`The kernel tier is skipped: ${why}\n`);
  }
}
