import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../repository_root';
import type { Phase, Status } from './guest';
import type { Host } from './lab';

/** What happened on a host: libvirt called a hook, or wrote a status file; null: it removed it. */
export type Recorded = { readonly host: Host; readonly seconds: number } & (
  { readonly hook: Phase } | { readonly status: Status | null }
);

const LOG = 'test/unit/model/guest/migrations.txt';

/** What two real hosts did in a migration. The last one of that name counts. */
export function recorded(section: string): Recorded[] {
  const text = readFileSync(join(repositoryRoot(), LOG), 'utf8');
  const found = text.split(/^== /m).findLast((each) => each.startsWith(section));
  if (found === undefined) throw new Error(`${LOG} has no section "${section}"`);
  return found.split('\n').flatMap((line): Recorded[] => {
    const [, time = '', host = '', kind = '', what = ''] =
      /^([\d.]+) (host\d) (HOOK|status) +(.+)$/.exec(line) ?? [];
    if (kind === '') return [];
    const where = { host: host as Host, seconds: Number(time) };
    if (kind === 'HOOK') return [{ ...where, hook: what.replace(/ - .*/, '') as Phase }];
    if (what === 'no file') return [{ ...where, status: null }];
    const [, attributes = '', job] = /^([^(]*?)(?: job\(([^/)]*).*)?$/.exec(what) ?? [];
    return [{ ...where, status: { attributes, job: job === undefined ? '' : `<job ${job}/>` } }];
  });
}
