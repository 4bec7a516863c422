import { join } from 'node:path';
import { unpackedNewer } from '../test_cache';

/** The QEMU that setup.sh has unpacked, or else the installed one. */
export function qemuCommand(): string {
  const unpacked = unpackedNewer('qemu-system-x86');
  return unpacked === undefined ? 'qemu-system-x86_64' : join(unpacked, 'bin/qemu-system-x86_64');
}
