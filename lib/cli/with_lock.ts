import type { CliContext } from './command';

/** How long nobody wonders, in milliseconds. */
const SILENT_MS = 1_000;

/** Does something under the lock that all who change bridges share, and says so where it has to be waited for. */
export async function withLock<T>({ io, stderr }: CliContext, work: () => Promise<T>): Promise<T> {
  const told = setTimeout(
    () => stderr('kvmvlan: waiting for another run that changes bridges …\n'),
    SILENT_MS,
  );
  let release: () => void;
  try {
    release = await io.lock();
  } finally {
    clearTimeout(told);
  }
  try {
    return await work();
  } finally {
    release();
  }
}
