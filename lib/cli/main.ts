import { dirname } from 'node:path';
import { realIo } from '../plugins/real_io';
import { Exit, KnownError } from '../types';
import type { CliArgs, CliContext, Command } from './command';
import { COMMANDS } from './commands';

/** The version of this build; put here by build/build.ts. */
declare const VERSION: string;

/**
 * The process of `kvmvlan`, from arguments to exit status.
 *
 * @param file the path of the executable, links resolved: it lies in bin/ of the hooks root
 */
export async function kvmvlanMain(file: string): Promise<void> {
  const { default: yargs } = await import('yargs/yargs');
  const [first, ...others] = process.argv.slice(2);
  // Where a command is named, yargs is told of it alone, and as the one there is: else it lays out its help at each call.
  const named = COMMANDS.find(({ command }) => command.split(' ')[0] === first);
  let chosen: { command: Command; args: CliArgs } | null = null;
  const parser = yargs(named === undefined ? process.argv.slice(2) : others)
    .scriptName(named === undefined ? 'kvmvlan' : `kvmvlan ${first}`)
    // Names like 1e3 and - stay as they are typed.
    .parserConfiguration({ 'parse-numbers': false, 'parse-positional-numbers': false })
    .option('root', { type: 'string', default: dirname(dirname(file)), describe: 'folder of the hooks' })
    .version(VERSION)
    .help()
    .alias('help', 'h')
    .strict()
    .wrap(100)
    .exitProcess(false)
    .fail((message, error, self) => {
      process.stderr.write(`kvmvlan: ${message ?? error.message}.\n\n`);
      self.showHelp('error');
      process.exitCode = Exit.usage;
    });
  if (named === undefined)
    parser
      .usage('$0 <command>\n\nShows, checks and sets the VLANs of the guests on this host.')
      .demandCommand(1, 1, 'name a command');
  for (const command of named === undefined ? COMMANDS : [named]) {
    parser.command(
      named === undefined ? command.command : command.command.replace(/^\S+/, '$0'),
      command.describe,
      (argv) => command.options(argv).example(command.examples.map(([line, what]) => [line, what])),
      (args) => {
        chosen = { command, args };
      },
    );
  }
  await parser.parseAsync();
  if (chosen === null || process.exitCode !== undefined) return;
  const { command, args } = chosen as { command: Command; args: CliArgs };
  process.exitCode = await run(command, args);
}

async function run(command: Command, args: CliArgs): Promise<number> {
  // Who read it has gone, as in `kvmvlan log | head`: end as tools do that SIGPIPE ends.
  process.stdout.on('error', () => process.exit(128 + 13));
  const stdout = (text: string): void => void process.stdout.write(text);
  const stderr = (text: string): void => void process.stderr.write(text);
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
    if (error instanceof KnownError) {
      stderr(`kvmvlan: ${error.message}. ${error.hint}\n`);
      return error.code === Exit.failed ? Exit.usage : error.code;
    }
    stderr(
      `kvmvlan: a bug, please report it: ${error instanceof Error ? String(error.stack) : String(error)}\n`,
    );
    return Exit.bug;
  }
}
