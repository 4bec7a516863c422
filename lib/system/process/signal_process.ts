/** Signals a process, or with a negative number a process group. One that has ended or is not ours is no error. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ESRCH: it has ended by itself. EPERM: it runs as somebody else, and only a user's own session gets here.
  }
}
