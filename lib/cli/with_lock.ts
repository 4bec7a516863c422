import type { CliContext } from './command';

/** After this wait, in milliseconds, a message explains why nothing happens. */
const SILENT_MS = 1_000;

/** Runs `work` under the lock for changes of bridges, and reports it if it has to wait for the lock. */
export async function withLock<T>({ io, stderr }: CliContext, work: () => Promise<T>): Promise<T> {
  const notice = setTimeout(
    () => stderr('kvmvlan: waiting for another run that changes bridges …\n'),
    SILENT_MS,
  );
  let release: () => void;
  try {
    release = await io.lock();
  } finally {
    clearTimeout(notice);
  }
  try {
    return await work();
  } finally {
    release();
  }
}
