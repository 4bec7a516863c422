import { readFileSync, readdirSync, statSync } from 'node:fs';

/** What tells an open file from all others. */
export interface FileId {
  readonly dev: number;
  readonly ino: number;
}

/** Whether a process has one of the files open (proc(5), /proc/PID/fd). */
export function holdsFile(pid: number, files: readonly FileId[]): boolean {
  return someOpen(pid, (path) => {
    const { dev, ino } = statSync(path);
    return files.some((file) => file.dev === dev && file.ino === ino);
  });
}

/**
 * Whether a process of a script has a socket open, where its output is one: which socket belongs to ours nobody
 * tells, so the process is known by its environment, which holds the given `NAME=value`.
 */
export function holdsSocket(pid: number, variable: string): boolean {
  try {
    if (!`\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`.includes(`\0${latin1(variable)}\0`))
      return false;
  } catch {
    return false;
  }
  return someOpen(pid, (path) => statSync(path).isSocket());
}

function someOpen(pid: number, test: (path: string) => boolean): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return test(`/proc/${pid}/fd/${fd}`);
      } catch {
        return false; // Closed meanwhile.
      }
    });
  } catch {
    return false; // Ended meanwhile, or not ours to see.
  }
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
