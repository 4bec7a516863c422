import { exec } from './exec';

/**
 * A line for the system's log, by logger(1) of util-linux. For what can be written nowhere else; where there is no
 * logger, or it does not end within 5 s, the line is lost.
 */
export function systemLog(line: string): void {
  void exec('logger', ['-t', 'kvmvlan', '-p', 'daemon.err', '--', line], { timeoutMs: 5_000 });
}
