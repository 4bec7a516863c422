import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/**
 * Whether a process has one of the files open, by their paths. The files may have been removed (proc(5),
 * /proc/PID/fd). The links are read but not followed: the file system of another process' file may never answer.
 */
export function holdsFile(pid: number, paths: readonly string[]): boolean {
  return someOpen(pid, (target) => paths.includes(target.replace(/ \(deleted\)$/, '')));
}

/**
 * Whether a process of a script has a socket open, for scripts whose output is a socket. The sockets cannot be told
 * apart, so the process is recognised by the given `NAME=value` in its environment.
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
        return false; // It was closed in the meantime.
      }
    });
  } catch {
    return false; // The process has ended, or access is denied.
  }
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
