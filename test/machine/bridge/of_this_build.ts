import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../kernel/repository_root';
import { machineTests } from '../machine_tests';

const ids = new Map<string, string>();

/**
 * The name of a state of the machine that depends on kvmvlan as it is built now, on the lab and on the files in `folder`: a
 * machine that is kept for several runs has states of earlier ones.
 */
export function ofThisBuild(name: string, folder?: string): string {
  const key = folder ?? '';
  const id = ids.get(key) ?? hashOf([...common, ...(folder === undefined ? [] : [folder])]);
  ids.set(key, id);
  return `${name}-${id}`;
}

const common = [join(repositoryRoot(), 'build/dist/hooks'), join(machineTests, 'bridge/lab')];

function hashOf(folders: readonly string[]): string {
  const hash = createHash('sha256');
  for (const folder of folders.filter((each) => existsSync(each))) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) hash.update(readFileSync(join(entry.path, entry.name)));
  }
  return hash.digest('hex').slice(0, 8);
}
