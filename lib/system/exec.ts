import { execaSync } from 'execa';
import type { Exec } from '../types';

/** Where iproute2's tools are, also for whom the PATH lacks it: users of `su`, cron, some service managers. */
export const SYSTEM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Runs commands by execa, one at a time and waiting for each: they take milliseconds, and what execa needs to wait
 * without blocking costs a third of node's own start; build.ts leaves that half of it out. It is imported statically,
 * as every run needs it.
 */
export const exec: Exec = (command, args, { input, inherit, timeoutMs = 10_000 } = {}) => {
  const extra = inherit === undefined ? [] : [inherit];
  const result = execaSync(command, [...args], {
    // execa's types know of no number beyond the first three, execa does.
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...extra] as ['pipe', 'pipe', 'pipe'],
    ...(input === undefined ? {} : { input }),
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: 256 * 1024 * 1024,
    stripFinalNewline: false,
    reject: false,
    env: { PATH: [process.env.PATH, SYSTEM_PATH].filter(Boolean).join(':'), LC_ALL: 'C' },
  });
  const { failed, stdout, stderr } = result;
  const failure = failed ? reason(result, timeoutMs) : '';
  return Promise.resolve({ ok: !failed, stdout: stdout ?? '', stderr: stderr ?? '', failure });
};

function reason(
  result: {
    timedOut: boolean;
    code?: string | undefined;
    signal?: string | undefined;
    exitCode?: number | undefined;
  },
  timeoutMs: number,
): string {
  if (result.timedOut) return `timed out after ${timeoutMs / 1000} s`;
  if (result.code === 'ENOENT') return 'not found';
  if (result.signal !== undefined) return `killed by ${result.signal}`;
  return result.exitCode === undefined ? (result.code ?? 'failed') : `exit ${result.exitCode}`;
}
