import { lstatSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import type { PluginIo } from '../../plugins/plugin';

/** What of a file matters here. */
export interface FileStat {
  readonly isFile: boolean;
  readonly isExecutable: boolean;
  readonly isLink: boolean;
  readonly realPath: string;
  /** ctime in milliseconds since the epoch. */
  readonly changedAt: number;
}

/** The outside world of `kvmvlan check`: nothing in it throws, what cannot be read is null. */
export interface CheckIo {
  readonly plugin: PluginIo;
  readonly text: (path: string) => string | null;
  readonly names: (path: string) => readonly string[] | null;
  readonly stat: (path: string) => FileStat | null;
}

export function realCheckIo(plugin: PluginIo): CheckIo {
  return {
    plugin,
    text: (path) => orNull(() => readFileSync(path, 'utf8')),
    names: (path) => orNull(() => readdirSync(path)),
    stat: (path) =>
      orNull(() => {
        const stat = statSync(path);
        return {
          isFile: stat.isFile(),
          isExecutable: (stat.mode & 0o111) !== 0,
          isLink: lstatSync(path).isSymbolicLink(),
          realPath: realpathSync(path),
          changedAt: lstatSync(path).ctimeMs,
        };
      }),
  };
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
