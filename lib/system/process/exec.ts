import { execaSync } from 'execa';
import type { Exec } from '../../model/io';

/** Where the system's tools are. Some callers' PATH lacks it: that of `su`, of cron, of some service managers. */
const SYSTEM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * All that a tool gets of the environment. The system's folders come first: whoever runs us as root with the PATH of an
 * ordinary user must not run that user's `ip`. Systems that keep their tools elsewhere (NixOS) have them on their PATH.
 */
export function toolEnvironment(): NodeJS.ProcessEnv {
  const own = (process.env.PATH ?? '').split(':').filter((folder) => folder.startsWith('/'));
  const { HOME } = process.env;
  return { PATH: [SYSTEM_PATH, ...own].join(':'), LC_ALL: 'C', ...(HOME === undefined ? {} : { HOME }) };
}

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
    env: toolEnvironment(),
    extendEnv: false,
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
