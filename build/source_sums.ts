import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The sources of a build; install.sh has the same list. */
export const SOURCES = [
  'hooks',
  'lib',
  'build',
  'docs/man',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

/** The checksums of the sources, for `sha256sum -c`: in a copy of the checkout, file times prove nothing. */
export function sourceSums(): string {
  return SOURCES.flatMap(filesBelow)
    .map((file) => `${createHash('sha256').update(readFileSync(file)).digest('hex')}  ${file}\n`)
    .join('');
}

function filesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => name !== 'dist' && !name.startsWith('.'));
  return names.flatMap((name) => filesBelow(join(path, name)));
}
