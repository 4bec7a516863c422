import { spawnSync } from 'node:child_process';
import { describeWith } from './describe_kernel';
import type { Kernel } from './kernel';
import { openKernel } from './open_kernel';
import { startAgent } from './start_agent';

const PROBE =
  'add table netdev probe; add chain netdev probe c { type filter hook ingress device lo priority 0; }';

/**
 * describeKernel() for tests that must not be slow: they always use this machine's own kernel, in a network namespace. In
 * User-Mode Linux, a start of node takes seconds, and these tests are about what happens within one.
 */
export function describeOwnKernel(name: string, body: (kernel: Kernel) => void): void {
  describeWith(name, async () => openKernel(await startAgent('netns')), body);
}

/**
 * describeKernel() for tests that need nftables for network devices. User-Mode Linux lacks them, so the tests always use
 * this machine's own kernel. Where that lacks them too, or without nft, the tests are skipped, or fail with
 * KVMVLAN_REQUIRE_ALL_TIERS=1.
 */
export function describeNft(name: string, body: (kernel: Kernel) => void): void {
  const options = process.geteuid?.() === 0 ? ['--net'] : ['--map-root-user', '--net'];
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  const { status, stderr, error } = spawnSync('unshare', [...options, 'nft', PROBE], {
    env,
    encoding: 'utf8',
  });
  if (status === 0) return describeWith(name, async () => openKernel(await startAgent('netns')), body);
  const why = `no nftables for network devices here: ${error?.message ?? stderr.trim()}`;
  if (process.env.KVMVLAN_REQUIRE_ALL_TIERS === '1') throw new Error(`${name}: ${why}`);
  describeWith(`${name} (${why})`, null, body);
}
