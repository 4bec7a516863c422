import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type PackageFormat = 'deb' | 'rpm';
/** The kinds of build/packages/files, which describes them. */
const KINDS = ['dir', 'conf', 'hook', 'exec', 'link', 'text', 'gzip', 'tree'] as const;
type Kind = (typeof KINDS)[number];

/** One file, folder or link of a package. `what` depends on the kind. */
export interface PackageFile {
  kind: Exclude<Kind, 'tree'>;
  what: string;
  where: string;
}

/** What build/packages/files lists for a kind of package. Throws if a line is wrong. */
export function packageFiles(format: PackageFormat): PackageFile[] {
  const lines = readFileSync('build/packages/files', 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return lines.flatMap((line) => {
    const [word = '', what = '', where = '', only = format, ...rest] = line.split(' ');
    const kind = KINDS.find((known) => known === word);
    if (kind === undefined || !where.startsWith('/') || !/^(deb|rpm)$/.test(only) || rest.length > 0)
      throw new Error(`build/packages/files: wrong line: ${line}`);
    if (only !== format) return [];
    return kind === 'tree' ? filesOf(what, where) : [{ kind, what, where }];
  });
}

function filesOf(folder: string, where: string): PackageFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const [what, to] = [join(folder, entry.name), join(where, entry.name)];
    return entry.isDirectory() ? filesOf(what, to) : [{ kind: 'text' as const, what, where: to }];
  });
}
