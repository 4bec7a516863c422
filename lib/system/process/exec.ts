import type { CommandEnd, Exec } from '../../model/io';

/** The folders of the system's tools. The PATH of `su`, cron and some service managers lacks some of them. */
const SYSTEM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The complete environment of a tool. The system's folders come first: root with the PATH of an ordinary user must
 * not run that user's `ip`. Systems with tools in other folders (NixOS) have those folders in their PATH.
 */
export function toolEnvironment(): NodeJS.ProcessEnv {
  const own = (process.env.PATH ?? '').split(':').filter((folder) => folder.startsWith('/'));
  const { HOME } = process.env;
  return { PATH: [SYSTEM_PATH, ...own].join(':'), LC_ALL: 'C', ...(HOME === undefined ? {} : { HOME }) };
}

/** Load it only after standard input was read: loading execa makes a stream of it, which then no longer blocks. */
export function loadExeca() {
  return import('execa');
}

/** Runs commands with execa, synchronously and one at a time: each takes milliseconds. */
export const exec: Exec = async (command, args, { input, inherit, timeoutMs = 10_000 } = {}) => {
  const { execaSync } = await loadExeca();
  const extra = inherit === undefined ? [] : [inherit];
  const result = execaSync(command, [...args], {
    // execa accepts more than three entries, but its types do not.
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
