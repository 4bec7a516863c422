import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/**
 * Whether a process has one of the files open, by their paths; a file may have been removed since (proc(5),
 * /proc/PID/fd). Only the links are read: to follow one is to ask the file system that it leads to, and one that
 * somebody else has open may never answer.
 */
export function holdsFile(pid: number, paths: readonly string[]): boolean {
  return someOpen(pid, (target) => paths.includes(target.replace(/ \(deleted\)$/, '')));
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
  return someOpen(pid, (target) => target.startsWith('socket:['));
}

function someOpen(pid: number, test: (target: string) => boolean): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return test(readlinkSync(`/proc/${pid}/fd/${fd}`));
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
