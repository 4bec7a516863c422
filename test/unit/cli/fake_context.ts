import { errorStatus } from '../../../lib/cli/error_status';
import type { CliArgs, CliContext, Command } from '../../../lib/cli/command';
import type { Exec } from '../../../lib/model/io';
import { Exit, KnownError } from '../../../lib/model/known_error';
import { NOT_FOUND } from '../exec_results';

/** A host made of texts by path; folders are what the paths say. `null`: only root may read it. */
export interface FakeHost {
  readonly files?: Readonly<Record<string, string | null>>;
  readonly exec?: Exec;
  readonly isRoot?: boolean;
  readonly root?: string;
  readonly lock?: () => Promise<() => void>;
  /** What has been written, by path; null: removed. It is read from then on. */
  readonly written?: Map<string, string | null>;
}

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const noExec: Exec = () => Promise.resolve(NOT_FOUND);

/** Runs a command on a host that is not there. What it throws is told as kvmvlan's own main would. */
export async function runCommand(command: Command, args: CliArgs, host: FakeHost = {}): Promise<Ran> {
  const said = { stdout: '', stderr: '' };
  const context = fakeContext(host, said);
  try {
    const status = await command.run(args, context);
    return { status, ...said };
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    return {
      status: errorStatus(error),
      ...said,
      stderr: `${said.stderr}${error.message}. ${error.hint}\n`,
    };
  }
}

/** The world of a command: what it prints is collected in `said`. */
export function fakeContext(host: FakeHost, said: { stdout: string; stderr: string }): CliContext {
  const files = host.files ?? {};
  const log = (line: string): void => void (said.stderr += `${line}\n`);
  return {
    root: host.root ?? '/etc/libvirt/hooks',
    version: '1.0.0',
    columns: 80,
    color: false,
    env: {},
    stdout: (text) => void (said.stdout += text),
    stderr: (text) => void (said.stderr += text),
    io: {
      exec: host.exec ?? noExec,
      log: { info: log, warning: log, error: log },
      readText(path) {
        const text = host.written?.has(path) === true ? host.written.get(path) : files[path];
        if (host.written?.get(path) === null) return null;
        if (text === null)
          throw new KnownError(
            `cannot read ${path}: EACCES: permission denied`,
            'Check it.',
            Exit.failed,
            'access-denied',
          );
        return text ?? null;
      },
      readFolder: (path) => [
        ...new Set(
          Object.keys(files).flatMap((file) =>
            file.startsWith(`${path}/`) ? [file.slice(path.length + 1).split('/')[0] ?? ''] : [],
          ),
        ),
      ],
      writeText: (path, text) => void host.written?.set(path, text),
      readInput: () => '',
      lock: host.lock ?? (() => Promise.reject(new Error('no command that only looks takes the lock'))),
      folderStamp: () => '',
      sleep: () => Promise.resolve(),
      isRoot: host.isRoot ?? true,
      now: () => 0,
    },
  };
}
