import type { CommandEnd, ExecResult } from '../../../lib/model/io';

/** What a command that succeeds leaves. */
export function succeeded(stdout = ''): ExecResult {
  return { ok: true, stdout, stderr: '', end: { kind: 'exit', status: 0 } };
}

/** What a command leaves that fails, or that does not even run. */
export function failed(end: CommandEnd, stderr = ''): ExecResult {
  return { ok: false, stdout: '', stderr, end };
}

export const NOT_FOUND = failed({ kind: 'not-found' });
export const TIMED_OUT = failed({ kind: 'timeout', afterMs: 10_000 });
export const KILLED = failed({ kind: 'killed', signal: 'SIGKILL' });
