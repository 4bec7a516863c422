import { readdirSync } from 'node:fs';
import { later } from './later';
import { signalProcess } from './signal_process';

/** How long they are given after SIGTERM, and after SIGKILL. */
const EACH_MS = 2_000;
const STEP_MS = 100;

/**
 * Ends the processes that still hold a script's output, in its process group or in one of their own, until `released`
 * resolves. Returns what there is to say of it.
 */
export async function endHolders(holds: (pid: number) => boolean, released: Promise<true>): Promise<string> {
  const asked = new Set<number>();
  for (let ms = 0; ms < 2 * EACH_MS; ms += STEP_MS) {
    for (const pid of others().filter(holds)) {
      // Once, as it may be busy with ending in good order.
      if (ms < EACH_MS && asked.has(pid)) continue;
      asked.add(pid);
      signalProcess(pid, ms < EACH_MS ? 'SIGTERM' : 'SIGKILL');
    }
    if ((await Promise.race([released, later(STEP_MS)])) === true) {
      return (
        'it left a process behind that held its output open, which has been ended; ' +
        'give a process that is to stay `>/dev/null 2>&1` or a file of its own'
      );
    }
  }
  return 'it left a process behind that holds its output open and cannot be ended';
}

/** All processes but ourselves, and but init: a service manager holds for a moment what it is handed. */
function others(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && pid !== 1);
}
