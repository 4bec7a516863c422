import { connectKernel } from './connect_kernel';
import type { Kernel } from './kernel';

export interface Needs {
  /** false for tests that any Linux can run. */
  vlanFiltering?: boolean;
}

/**
 * A describe() whose tests have a kernel, in a network of their own that is empty at first.
 * Where there is none the tests are skipped; global_setup.ts has said why.
 */
export function describeKernel(name: string, body: (kernel: Kernel) => void, needs: Needs = {}): void {
  const socket = process.env.KVMVLAN_KERNEL_SOCKET;
  const filters = process.env.KVMVLAN_KERNEL_FILTERS === '1';
  const usable = socket !== undefined && (filters || needs.vlanFiltering === false);
  describeWith(name, usable ? () => connectKernel(socket) : null, body);
}

/** A describe() whose tests share the kernel that `open` gives; null: they are skipped. */
export function describeWith(
  name: string,
  open: (() => Promise<Kernel>) | null,
  body: (kernel: Kernel) => void,
): void {
  (open === null ? describe.skip : describe)(name, () => {
    jest.setTimeout(120_000);
    let opened: Kernel | undefined;
    const now = () => {
      if (!opened) throw new Error('The kernel is there in tests and in before and after hooks');
      return opened;
    };
    beforeAll(async () => {
      opened = await open?.();
    });
    afterAll(async () => {
      await opened?.stop();
    });
    body({
      get kind() {
        return now().kind;
      },
      run: (script, options) => now().run(script, options),
      shell: (options) => now().shell(options),
      plug: (tap) => now().plug(tap),
      unplug: (tap) => now().unplug(tap),
      reset: () => now().reset(),
      stop: () => now().stop(),
    });
  });
}
