import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** The package writes here which daemons do not know all hooks yet: `PID START NAME`, one on each line. */
const FILE = '/run/kvmvlan/reload-needed';

/**
 * Removes a daemon from that list. A daemon that calls the hook of its reload has just searched for hooks (virhook.c,
 * virHookCall). Throws if the file cannot be written.
 *
 * @param pid the daemon's process
 */
export function forgetReloaded(pid: number): void {
  let text: string;
  try {
    text = readFileSync(FILE, 'utf8');
  } catch {
    return; // Usually the file does not exist.
  }
  const left = text.split('\n').filter((line) => line !== '' && !line.startsWith(`${pid} `));
  if (left.length === 0) {
    rmSync(FILE, { force: true });
    return;
  }
  writeFileSync(`${FILE}.${process.pid}`, `${left.join('\n')}\n`);
  renameSync(`${FILE}.${process.pid}`, FILE);
}
