import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { newerTool } from '../newer_tool';

const command = 'linux.uml';

export interface Uml {
  kernel: string;
  /** The folder of its modules, one folder in it for each release. */
  modules: string;
}

/** The User-Mode Linux that setup.sh has unpacked, or else the installed one. */
export function findUml(): Uml | undefined {
  const unpacked = newerTool(command);
  const kernel =
    unpacked === undefined
      ? searchPath()
          .map((folder) => join(folder, command))
          .find((path) => existsSync(path))
      : join(unpacked, 'bin', command);
  const modules = join(unpacked ?? '/usr', 'lib/uml/modules');
  const complete = kernel !== undefined && existsSync(modules) && readdirSync(modules).length > 0;
  return complete ? { kernel, modules } : undefined;
}

/** The folders of commands, also those that are only in root's PATH. */
export function searchPath(): string[] {
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
}
