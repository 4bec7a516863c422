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

/** A pipe. A script gets its write end as output. */
export interface Fifo {
  readonly writeEnd: number;
  /** Ends when no process holds the write end any more. */
  readonly output: Readable;
  /** Its path as the kernel shows it. It is used to find the processes that hold an end. */
  readonly path: string;
}

/**
 * Makes pipes with mkfifo(1). Node has no real pipes: its 'pipe' is a socket, and a script that opens /dev/stderr, as
 * `echo … >/dev/stderr` does, gets ENXIO from a socket. Throws if no folder can contain them.
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

/** Closes this process' own write end, after the script has its copy. */
export function closeWriteEnd({ writeEnd }: Fifo): void {
  closeSync(writeEnd);
}
