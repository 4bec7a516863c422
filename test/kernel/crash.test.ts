import { existsSync } from 'node:fs';
import { openKernel } from './open_kernel';
import { startAgent } from './start_agent';

const inUml = process.env.KVMVLAN_KERNEL_KIND === 'uml' ? describe : describe.skip;

inUml('a kernel that crashes', () => {
  test('fails what waits for it, with the last lines of its console, and leaves nothing behind', async () => {
    const link = await startAgent('uml');
    const kernel = await openKernel(link);
    await expect(kernel.run('echo c >/proc/sysrq-trigger')).rejects.toThrow(/has ended[^]*Kernel panic/);
    await expect(kernel.run('true')).rejects.toThrow(/has ended/);
    await kernel.stop();
    expect(existsSync(link.shared)).toBe(false);
  }, 60_000);
});
