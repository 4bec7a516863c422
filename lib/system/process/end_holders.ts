import { readdirSync } from 'node:fs';
import { later } from './later';
import { signalProcess } from './signal_process';

/** The time that they get after SIGTERM, and again after SIGKILL. */
const EACH_MS = 2_000;
const STEP_MS = 100;

/**
 * Ends the processes that keep a script's output open, in its process group or in another one, until `released`
 * resolves. Returns a note about it.
 */
export async function endHolders(holds: (pid: number) => boolean, released: Promise<true>): Promise<string> {
  const asked = new Set<number>();
  for (let ms = 0; ms < 2 * EACH_MS; ms += STEP_MS) {
    for (const pid of others().filter(holds)) {
      // Send SIGTERM only once: the process may be busy cleaning up.
      if (ms < EACH_MS && asked.has(pid)) continue;
      asked.add(pid);
      signalProcess(pid, ms < EACH_MS ? 'SIGTERM' : 'SIGKILL');
    }
    if ((await Promise.race([released, later(STEP_MS)])) === true) {
      return (
        'it left a process behind that kept its output open and was therefore terminated; ' +
        'redirect the output of background processes to /dev/null or to a file'
      );
    }
  }
  return 'it left a process behind that keeps its output open and cannot be terminated';
}

/** All processes except this one and init: a service manager keeps file descriptors open for a moment. */
function others(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && pid !== 1);
}
