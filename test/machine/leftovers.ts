import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and is another user's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Removes what a process that was killed left in `folder` under a name `<prefix>…<its pid>`. */
export function removeLeftovers(folder: string, prefix: string): void {
  for (const name of readdirSync(folder)) {
    const pid = name.startsWith(prefix) ? /\.(\d+)$/.exec(name)?.[1] : undefined;
    if (pid === undefined || lives(Number(pid))) continue;
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // Another user's, for that user's next run to remove.
    }
  }
}
