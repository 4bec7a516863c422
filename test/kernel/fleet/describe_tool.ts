import { spawnSync } from 'node:child_process';
import { describeKernel } from '../describe_kernel';
import type { Kernel } from '../kernel';

/**
 * describeKernel() for tests of a fleet tool. They need the tool, and root on this machine: it makes the files that the
 * kernel's root reads. Otherwise they are skipped, or fail with KVMVLAN_REQUIRE_ALL_TIERS=1.
 */
export function describeTool(program: string, name: string, body: (kernel: Kernel) => void): void {
  const isHere = spawnSync(program, ['--version']).error === undefined;
  const why = !isHere ? `there is no ${program}` : process.geteuid?.() !== 0 ? 'it needs root' : null;
  if (why === null)
    return describeKernel(name, (kernel) => {
      jest.setTimeout(300_000);
      body(kernel);
    });
  if (process.env.KVMVLAN_REQUIRE_ALL_TIERS === '1') throw new Error(`${name}: ${why}`);
  describe.skip(`${name} (${why})`, () => test('is skipped', () => undefined));
}
