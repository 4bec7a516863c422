import { errorStatus } from '../../../lib/cli/error_status';
import type { CliArgs, CliContext, Command } from '../../../lib/cli/command';
import { KnownError } from '../../../lib/model/known_error';
import { FakeHost, ROOT, type HostSetup } from '../fake_host/fake_host';

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command on a host that is not there. What it throws is told as kvmvlan's own main would. */
export async function runCommand(
  command: Command,
  args: CliArgs,
  host: FakeHost | HostSetup = {},
  root = ROOT,
): Promise<Ran> {
  const said = { stdout: '', stderr: '' };
  const context = contextOf(host instanceof FakeHost ? host : new FakeHost(host), said, root);
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
export function contextOf(
  host: FakeHost,
  said: { stdout: string; stderr: string } = { stdout: '', stderr: '' },
  root = ROOT,
): CliContext {
  const log = (line: string): void => void (said.stderr += `${line}\n`);
  return {
    root,
    version: '1.0.0',
    columns: 80,
    color: false,
    env: {},
    stdout: (text) => void (said.stdout += text),
    stderr: (text) => void (said.stderr += text),
    io: host.io({ log: { info: log, warning: log, error: log } }),
  };
}
