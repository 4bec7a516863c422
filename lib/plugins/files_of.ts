import type { HostIo } from '../model/io';
import type { NetworkFiles } from '../network/network_files';

/** File access for code that must not fail: a file that cannot be read counts as missing. */
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
