import type { Exec } from '../../lib/model/io';
import type { Kernel } from './kernel';
import { quote } from './quote';

/** Runs the commands of kvmvlan in a kernel. */
export function kernelExec(kernel: Kernel): Exec {
  return async (command, args, { input } = {}) => {
    const { status, stdout, stderr } = await kernel.run(
      [command, ...args].map(quote).join(' '),
      input === undefined ? {} : { stdin: input },
    );
    const end = status === 127 ? ({ kind: 'not-found' } as const) : ({ kind: 'exit', status } as const);
    return { ok: status === 0, stdout, stderr, end };
  };
}
