import { join } from 'node:path';
import type { Kernel } from './kernel';
import { quote } from './quote';
import { repositoryRoot } from './repository_root';
import { succeed } from './succeed';

const FOLDER = '/run/systemd/journal';

/** Runs a stand-in for journald. */
export async function startJournal(kernel: Kernel): Promise<void> {
  await succeed(
    kernel,
    `mkdir -p ${FOLDER}
     python3 ${quote(join(repositoryRoot(), 'test/bundle/journald.py'))} ${FOLDER} >/dev/null 2>&1 &
     until [ -e ${FOLDER}/socket ]; do sleep 0.1; done`,
  );
}

/** The entries since the last time, once there are so many. */
export async function takeEntries(
  kernel: Kernel,
  count: number,
): Promise<Record<string, string | string[]>[]> {
  const text = await succeed(
    kernel,
    `${count === 0 ? 'sleep 0.5' : ''}
     for i in $(seq 50); do [ $(wc -l <${FOLDER}/entries) -ge ${count} ] && break; sleep 0.1; done
     cat ${FOLDER}/entries; : >${FOLDER}/entries`,
  );
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, string | string[]>);
}
