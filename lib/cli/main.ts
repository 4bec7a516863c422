import { dirname } from 'node:path';
import { realIo } from '../system/real_io';
import { harmless } from '../text/harmless';
import type { CliContext } from './command';
import { describeError } from './describe_error';
import { errorStatus } from './error_status';
import { parseCommand, type ParsedCommand } from './parse_command';

/** The version of this build; put here by build/build.ts. */
declare const VERSION: string;

/**
 * The process of `kvmvlan`, from arguments to exit status.
 *
 * @param file the path of the executable, links resolved: it lies in bin/ of the hooks root
 */
export async function kvmvlanMain(file: string): Promise<void> {
  const parsed = await parseCommand(process.argv.slice(2), {
    root: dirname(dirname(file)),
    version: VERSION,
  });
  if (parsed !== null) process.exitCode = await run(parsed);
}

async function run({ command, args }: ParsedCommand): Promise<number> {
  // Who read it has gone, as in `kvmvlan log | head`: end as tools do that SIGPIPE ends.
  process.stdout.on('error', () => process.exit(128 + 13));
  const stdout = (text: string): void => void process.stdout.write(harmless(text));
  const stderr = (text: string): void => void process.stderr.write(harmless(text));
  const warn = (line: string): void => stderr(`${line}\n`);
  const log = { info: (line: string) => stdout(`${line}\n`), warning: warn, error: warn };
  const context: CliContext = {
    root: String(args.root),
    version: VERSION,
    io: realIo(log, () => ''),
    stdout,
    stderr,
    // A terminal that does not know its width says 0.
    columns: (process.stdout.isTTY && process.stdout.columns) || 80,
    color: process.stdout.isTTY && process.env.NO_COLOR === undefined,
    env: process.env,
  };
  try {
    return await command.run(args, context);
  } catch (error) {
    stderr(`kvmvlan: ${describeError(error)}\n`);
    return errorStatus(error);
  }
}
