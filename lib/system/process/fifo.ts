import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { whyFailed } from '../../model/describe_end';
import { exec } from './exec';
import { temporaryFolder } from '../files/temporary_folder';

/** A pipe whose write end a script gets as its output. */
export interface Fifo {
  readonly writeEnd: number;
  /** Ends when nobody holds the write end any more. */
  readonly output: Readable;
  /** Where it was made, as the kernel spells it: by that name who holds an end is found. */
  readonly path: string;
}

/**
 * Makes pipes by mkfifo(1). Node has none of its own: what it calls a pipe is a socket, and a script that opens
 * /dev/stderr, as `echo … >/dev/stderr` does, gets ENXIO from a socket. Throws where no folder takes them.
 */
export async function makeFifos(count: number): Promise<Fifo[]> {
  let trouble = 'no folder';
  for (const base of ['/run/kvmvlan', temporaryFolder(), '/dev/shm']) {
    let folder: string | null = null;
    try {
      if (base === '/run/kvmvlan') mkdirSync(base, { recursive: true, mode: 0o755 });
      const inside = (folder = mkdtempSync(join(base, 'kvmvlan-')));
      const paths = Array.from({ length: count }, (_, i) => join(inside, String(i)));
      const made = await exec('mkfifo', ['-m', '600', ...paths]);
      if (made.ok) return paths.map(openFifo);
      trouble = `mkfifo: ${whyFailed(made)}`;
    } catch (error) {
      trouble = (error as Error).message;
    } finally {
      if (folder !== null) rmSync(folder, { recursive: true, force: true });
    }
  }
  throw new Error(trouble);
}

function openFifo(path: string): Fifo {
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  if (!fstatSync(readEnd).isFIFO()) throw new Error(`${path} is no FIFO`);
  const writeEnd = openSync(path, constants.O_WRONLY);
  const output = new Socket({ fd: readEnd, readable: true, writable: false });
  return { writeEnd, output, path: readlinkSync(`/proc/self/fd/${writeEnd}`) };
}

/** Closes our own write end, once the script has its copy. */
export function closeWriteEnd({ writeEnd }: Fifo): void {
  closeSync(writeEnd);
}
