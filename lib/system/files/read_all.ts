import { fstatSync, readSync } from 'node:fs';
import { KnownError } from '../../model/known_error';
import { pause } from '../process/pause';

/** Far more than libvirt ever sends: its own limit for XML is 4 MB (remote_protocol.x, REMOTE_STRING_MAX). */
const MAX_BYTES = 32 * 1024 * 1024;

/**
 * Reads a pipe or file until its end. A terminal counts as empty: a user has called the hook manually. A descriptor
 * that cannot be read is empty, too. Throws KnownError if there is more data than any XML has.
 */
export function readAll(fd: number): Buffer {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    if (fstatSync(fd).isCharacterDevice()) return Buffer.alloc(0);
  } catch {
    return Buffer.alloc(0); // The descriptor is closed.
  }
  for (;;) {
    const chunk = Buffer.allocUnsafe(64 * 1024);
    const length = readOrWait(fd, chunk);
    if (length === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, length));
    size += length;
    if (size > MAX_BYTES)
      throw new KnownError(
        `standard input has more than ${MAX_BYTES / 1024 / 1024} MiB, but libvirt never sends so much`,
        'Find out what calls the hook. To call it manually, put `virsh dumpxml GUEST |` before the command.',
      );
  }
}

/** Returns 0 at the end. Waits for data even if the other side has made the pipe non-blocking. */
function readOrWait(fd: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(fd, chunk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return 0;
      pause(10);
    }
  }
}
