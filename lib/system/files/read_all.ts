import { fstatSync, readSync } from 'node:fs';
import { KnownError } from '../../model/known_error';
import { pause } from '../process/pause';

/** Far more than libvirt ever passes on: its own limit for an XML is 4 MB (remote_protocol.x, REMOTE_STRING_MAX). */
const MAX_BYTES = 32 * 1024 * 1024;

/**
 * All that a pipe or file has to say, until its end. A terminal has nothing: somebody tries a hook by hand. Nor has
 * a descriptor that cannot be read. Throws KnownError where there is more than any XML could be.
 */
export function readAll(fd: number): Buffer {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    if (fstatSync(fd).isCharacterDevice()) return Buffer.alloc(0);
  } catch {
    return Buffer.alloc(0); // Closed.
  }
  for (;;) {
    const chunk = Buffer.allocUnsafe(64 * 1024);
    const length = readOrWait(fd, chunk);
    if (length === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, length));
    size += length;
    if (size > MAX_BYTES)
      throw new KnownError(
        `more than ${MAX_BYTES / 1024 / 1024} MiB came on standard input, which no XML of libvirt has`,
        'Look at what calls the hook; by hand, put `virsh dumpxml GUEST |` before the command.',
      );
  }
}

/** 0: its end. Waits where the other side has made the pipe one that does not. */
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
