import { writeSync } from 'node:fs';
import { monotonic } from '../process/monotonic';
import { pause } from '../process/pause';

/** The maximum wait for the reader of a non-blocking pipe. */
const PATIENCE_MS = 30_000;

/**
 * Writes everything synchronously, so that nothing is left to flush when the process exits. Returns why it could not,
 * or null. It never throws: a reader that has ended must not change the exit status of the hook.
 */
export function writeAll(fd: number, data: string | Buffer): string | null {
  const bytes = Buffer.from(data as string);
  const until = monotonic() + PATIENCE_MS;
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN' || monotonic() > until) return message;
      pause(10);
    }
  }
  return null;
}
