import { closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { whyFailed } from '../../model/describe_end';
import type { Exec } from '../../model/io';
import { KnownError } from '../../model/known_error';
import { monotonic } from '../process/monotonic';

/** A folder that is empty after a boot: locks do not have to survive it, because bridges do not. */
const FOLDER = '/run/kvmvlan';
const SECONDS = 30;
/**
 * How long one flock waits. Where many guests start at the same time, asking again and again would take the processor from
 * the run that has the lock. It is ended from outside: not every flock has an option for that (busybox).
 */
const STEP_MS = 2_000;

/**
 * Takes the lock that every run needs to change bridges, and waits for it up to 30 s. flock(1) locks the open file
 * that it inherits, so the lock exists as long as this process has the file open.
 */
export async function lockBridges(exec: Exec): Promise<() => void> {
  let fd: number;
  try {
    mkdirSync(FOLDER, { recursive: true, mode: 0o755 });
    fd = openSync(
      `${FOLDER}/bridges.lock`,
      constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW,
      0o600,
    );
  } catch (error) {
    throw new KnownError(
      `cannot create the lock in ${FOLDER}: ${(error as Error).message}`,
      `Check its permissions with \`ls -ld ${FOLDER}\`.`,
    );
  }
  const until = monotonic() + SECONDS * 1000;
  for (;;) {
    const result = await exec('flock', ['3'], { inherit: fd, timeoutMs: STEP_MS });
    if (result.ok) return () => closeSync(fd);
    if (result.end.kind !== 'timeout') {
      closeSync(fd);
      throw new KnownError(
        `cannot take the lock ${FOLDER}/bridges.lock: flock: ${whyFailed(result)}`,
        'Install util-linux, which contains flock, or check whether `flock --version` works.',
      );
    }
    if (monotonic() > until) break;
  }
  closeSync(fd);
  throw new KnownError(
    `another run has held ${FOLDER}/bridges.lock for ${SECONDS} s`,
    `Find it with \`fuser -v ${FOLDER}/bridges.lock\`.`,
  );
}
