import {
  chmodSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { runTool } from './run_tool';
import type { PackageFile } from './package_files';

/** Puts the files of a package into a folder, as they are on the host. */
export function stage(files: readonly PackageFile[], folder: string): void {
  for (const { kind, what, where } of files) {
    const path = join(folder, where);
    mkdirSync(dirname(path), { recursive: true });
    switch (kind) {
      case 'dir':
        mkdirSync(path, { recursive: true });
        break;
      case 'link':
        symlinkSync(what, path);
        break;
      case 'gzip':
        // Without the time and the name of the file, the result is always the same.
        writeFileSync(path, runTool('gzip', ['-9nc', what]));
        break;
      case 'conf':
      case 'exec':
      case 'hook':
      case 'text':
        writeFileSync(path, readFileSync(what));
        break;
    }
  }
  const modes = new Map(files.map((file) => [join(folder, file.where), modeOf(file)]));
  for (const path of [folder, ...pathsBelow(folder)]) {
    const stat = lstatSync(path);
    if (!stat.isSymbolicLink()) chmodSync(path, modes.get(path) ?? 0o755);
  }
}

/** Gives everything in a folder, and the folder, one time, in seconds since 1970. */
export function setTimes(folder: string, time: number): void {
  for (const path of [...pathsBelow(folder), folder]) lutimesSync(path, time, time);
}

/** All paths below a folder. */
export function pathsBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? [path, ...pathsBelow(path)] : [path];
  });
}

export function modeOf({ kind, what }: PackageFile): number {
  if (kind === 'dir') return parseInt(what, 8);
  return kind === 'hook' || kind === 'exec' ? 0o755 : 0o644;
}
