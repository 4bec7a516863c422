import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The text of a shell script of a folder. A line `. ./NAME.sh` is replaced with the text of that file, without its
 * first comment. Lines for shellcheck are left out.
 */
export function joinScript(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'utf8')
    .replace(/^ *# shellcheck .*\n/gm, '')
    .replace(/^\. \.\/(\S+)\n/gm, (_, included: string) =>
      joinScript(folder, included).replace(/^(#.*\n)+\n/, ''),
    );
}
