import { join } from 'node:path';
import type { Kernel } from '../kernel';
import { quote } from '../quote';
import { repositoryRoot } from '../repository_root';
import { succeed } from '../succeed';

/** A script of inside/ that runs next to the test. */
export interface Background {
  /** What it prints at its end. */
  result(): Promise<unknown>;
}

/**
 * Starts a Python script of inside/ in a namespace, and waits until it is ready: it prints a first line.
 *
 * @param space null: in none of the lab's
 */
export async function inBackground(
  kernel: Kernel,
  space: string | null,
  name: string,
  args: readonly string[],
): Promise<Background> {
  const words = ['python3', '-SEB', join(repositoryRoot(), 'test/kernel/inside', `${name}.py`), ...args];
  const where = space === null ? '' : `/run/lab/on ${space} `;
  const out = `/run/lab/${name}.out`;
  await succeed(
    kernel,
    `rm -f ${out}; ${where}${words.map(quote).join(' ')} >${out} 2>&1 & echo $! >/run/lab/${name}.pid
     until [ -s ${out} ]; do kill -0 $! || exit 1; sleep 0.05; done`,
  );
  return {
    async result() {
      const said = await succeed(
        kernel,
        `while kill -0 "$(cat /run/lab/${name}.pid)" 2>/dev/null; do sleep 0.05; done; cat ${out}`,
      );
      return JSON.parse(said.slice(said.indexOf('\n') + 1)) as unknown;
    },
  };
}
