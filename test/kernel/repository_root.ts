import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The checkout, both from a source file and from a bundle in build/dist. */
export function repositoryRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}
