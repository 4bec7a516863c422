import type { Exec, ExecResult } from '../../model/io';

const SCRIPT = `setsid sh -c '"$@" 2>&1 | logger -t kvmvlan -p daemon.notice' sh "$@" </dev/null >/dev/null 2>&1 &`;

/**
 * Starts a command that stays when this process has ended: in a session of its own, without our open files, because
 * libvirt waits for every process that holds the hook's output. Its output goes to the system's log. The result is
 * that of the start.
 */
export function startDetached(command: readonly string[], exec: Exec): Promise<ExecResult> {
  return exec('sh', ['-c', SCRIPT, 'sh', ...command]);
}
