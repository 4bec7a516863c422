/** Signals a process, or with a negative number a process group. Does not throw if it has ended or access is denied. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ESRCH: it has ended. EPERM: it belongs to another user; this occurs only in a user's session.
  }
}
