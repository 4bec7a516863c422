import { lstatSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import type { DispatchConf } from '../../model/conf/dispatch_conf';
import type { HostIo } from '../../model/io';
import type { HookCall } from '../../model/libvirt/hook_call';
import { unsafeWay, type Unsafe } from '../../system/files/unsafe_way';
import { callScripts, type CallScript } from '../call_scripts';

/** The properties of a file that the checks need. */
export interface FileStat {
  readonly isFile: boolean;
  readonly isExecutable: boolean;
  readonly isLink: boolean;
  readonly realPath: string;
  /** ctime in milliseconds since the epoch. */
  readonly changedAt: number;
}

/** Access to the host for `kvmvlan check`. Its functions do not throw; null: cannot be read. */
export interface CheckIo {
  readonly plugin: HostIo;
  readonly text: (path: string) => string | null;
  readonly names: (path: string) => readonly string[] | null;
  readonly stat: (path: string) => FileStat | null;
  /** How users other than root could change what a path leads to. */
  readonly unsafe: (path: string) => Unsafe | null;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The scripts that a call of libvirt would run or skip. */
  readonly scripts: (root: string, call: HookCall, conf: DispatchConf) => readonly CallScript[] | null;
}

export function realCheckIo(plugin: HostIo): CheckIo {
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
    unsafe: (path) => orNull(() => unsafeWay(path)),
    now: Date.now,
    scripts: (root, call, conf) => orNull(() => callScripts(root, call, conf, plugin)),
  };
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
