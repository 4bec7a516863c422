import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { testCache } from './test_cache';

/** The folder `usr` of a command that setup.sh has unpacked, since that of a newer Debian is faster. */
export function newerTool(command: string): string | undefined {
  const usr = join(testCache(), 'tools/forky', command, 'usr');
  return existsSync(join(usr, 'bin', command)) ? usr : undefined;
}
