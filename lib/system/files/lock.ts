import { closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { whyFailed } from '../../model/describe_end';
import type { Exec } from '../../model/io';
import { KnownError } from '../../model/known_error';
import { monotonic } from '../process/monotonic';

/** Locks are gone after a boot, and so is what they guard. */
const FOLDER = '/run/kvmvlan';
const SECONDS = 30;
/** The exit status of flock where somebody else holds the lock (flock(1)). */
const HELD = 1;

/**
 * Takes the lock that all who change bridges share, waiting up to 30 s. flock(1) locks the open file that it
 * inherits from us, so the lock lives as long as our descriptor, and dies with our process.
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
      `Look at \`ls -ld ${FOLDER}\`.`,
    );
  }
  const until = monotonic() + SECONDS * 1000;
  // In small steps, in which a signal to us is heard.
  for (;;) {
    const result = await exec('flock', ['--nonblock', '3'], { inherit: fd });
    if (result.ok) return () => closeSync(fd);
    if (result.end.kind !== 'exit' || result.end.status !== HELD) {
      closeSync(fd);
      throw new KnownError(
        `cannot take the lock ${FOLDER}/bridges.lock: flock: ${whyFailed(result)}`,
        'Install util-linux, which flock is of, or look what `flock --version` says.',
      );
    }
    if (monotonic() > until) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  closeSync(fd);
  throw new KnownError(
    `another run has held ${FOLDER}/bridges.lock for ${SECONDS} s`,
    `Look who it is: \`fuser -v ${FOLDER}/bridges.lock\`.`,
  );
}
