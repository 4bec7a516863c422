import { readdirSync, readFileSync } from 'node:fs';
import type { HostIo } from '../../model/io';
import type { BackendIo } from '../../network/backend';

/** What backends may read: files that cannot be read are null. */
export function backendIo({ exec }: Pick<HostIo, 'exec'>): BackendIo {
  return {
    exec,
    files: {
      text: (path) => orNull(() => readFileSync(path, 'utf8')),
      names: (path) => orNull(() => readdirSync(path)),
    },
  };
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
