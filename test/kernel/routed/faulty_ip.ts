import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kernel } from '../kernel';
import { repositoryRoot } from '../repository_root';
import { installSpies } from '../spy';
import { succeed } from '../succeed';

const FOLDER = '/run/lab/faulty';

/** To stand before a command: it then finds the `ip` of faulty_ip.sh. */
export const FAULTY = `/run/spy/run ${FOLDER}`;

/** Installs it, and the spies of spy.ts. */
export async function installFaultyIp(kernel: Kernel): Promise<void> {
  await installSpies(kernel);
  const script = readFileSync(join(repositoryRoot(), 'test/kernel/routed/faulty_ip.sh'), 'utf8');
  await succeed(
    kernel,
    `mkdir -p ${FOLDER}; cat >${FOLDER}/ip; cp -L "$(command -v bridge)" ${FOLDER}/bridge; chmod 755 ${FOLDER}/*`,
    { stdin: script },
  );
}

/** The number of the command of `ip` that fails, from 1. Returns to 0 what was counted. */
export async function setFault(kernel: Kernel, at: number, how: 'fail' | 'kill' = 'fail'): Promise<void> {
  await succeed(kernel, `echo ${at} ${how} >/run/lab/fault; echo 0 >/run/lab/fault-count`);
}

/** How many commands would have changed something since then. */
export async function counted(kernel: Kernel): Promise<number> {
  return Number(await succeed(kernel, 'cat /run/lab/fault-count'));
}
