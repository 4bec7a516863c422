import type { HostIo } from '../model/io';
import type { NetworkFiles } from '../network/network_files';

/** A plugin's files for those who may not fail on them: what cannot be read is as if it were not there. */
export function filesOf(io: Pick<HostIo, 'readText' | 'readFolder'>): NetworkFiles {
  const orNull = <T>(read: () => T): T | null => {
    try {
      return read();
    } catch {
      return null;
    }
  };
  return {
    text: (path) => orNull(() => io.readText(path)),
    names: (path) => orNull(() => io.readFolder(path)),
  };
}
