import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Where install.sh keeps which daemons do not know all hooks yet: `PID START NAME`, a line each. */
const FILE = '/run/kvmvlan/reload-needed';

/**
 * Takes a daemon out of that list. One that calls the hook of its reload has just looked which hooks there are
 * (virhook.c, virHookCall). Throws where the file cannot be written.
 *
 * @param pid the daemon's process
 */
export function forgetReloaded(pid: number): void {
  let text: string;
  try {
    text = readFileSync(FILE, 'utf8');
  } catch {
    return; // There is none: the usual case.
  }
  const left = text.split('\n').filter((line) => line !== '' && !line.startsWith(`${pid} `));
  if (left.length === 0) {
    rmSync(FILE, { force: true });
    return;
  }
  writeFileSync(`${FILE}.${process.pid}`, `${left.join('\n')}\n`);
  renameSync(`${FILE}.${process.pid}`, FILE);
}
