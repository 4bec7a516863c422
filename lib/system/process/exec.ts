import type { CommandEnd, Exec } from '../../model/io';

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

/** As it is loaded it makes a stream of our standard input, which then does not block: not before that is read. */
export function loadExeca() {
  return import('execa');
}

/** Runs commands by execa, one at a time and waiting for each: they take milliseconds. */
export const exec: Exec = async (command, args, { input, inherit, timeoutMs = 10_000 } = {}) => {
  const { execaSync } = await loadExeca();
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
  const end = failed ? endOf(result, timeoutMs) : ({ kind: 'exit', status: 0 } as const);
  return { ok: !failed, stdout: stdout ?? '', stderr: stderr ?? '', end };
};

function endOf(
  result: {
    timedOut: boolean;
    code?: string | undefined;
    signal?: string | undefined;
    exitCode?: number | undefined;
  },
  timeoutMs: number,
): CommandEnd {
  if (result.timedOut) return { kind: 'timeout', afterMs: timeoutMs };
  if (result.code === 'ENOENT') return { kind: 'not-found' };
  if (result.signal !== undefined) return { kind: 'killed', signal: result.signal };
  return result.exitCode === undefined
    ? { kind: 'failed', code: result.code ?? null }
    : { kind: 'exit', status: result.exitCode };
}
