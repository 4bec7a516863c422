import { dirname } from 'node:path';
import { realIo } from '../system/real_io';
import { harmless } from '../text/harmless';
import type { CliContext } from './command';
import { describeError } from './describe_error';
import { errorStatus } from './error_status';
import { parseCommand, type ParsedCommand } from './parse_command';

/** The version of this build; build/build.ts defines it. */
declare const VERSION: string;

/**
 * Runs `kvmvlan`, from arguments to exit status.
 *
 * @param file the path of the executable with links resolved; it is in bin/ of the hooks root
 */
export async function kvmvlanMain(file: string): Promise<void> {
  const parsed = await parseCommand(process.argv.slice(2), {
    root: dirname(dirname(file)),
    version: VERSION,
  });
  if (parsed !== null) process.exitCode = await run(parsed);
}

async function run({ command, args }: ParsedCommand): Promise<number> {
  // The reader of the output has ended, as in `kvmvlan log | head`: exit like a tool killed by SIGPIPE.
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
    // A terminal that does not know its width reports 0.
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
