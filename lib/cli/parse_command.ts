import { nearest } from '../model/conf/keys';
import { markWords, parserOf } from '../plugins/as_typed';
import type { CliArgs, Command } from './command';
import { COMMANDS } from './commands';

/** A parsed call of `kvmvlan`. */
export interface ParsedCommand {
  readonly command: Command;
  readonly args: CliArgs;
}

const NAMES = COMMANDS.map(({ command }) => command.split(' ')[0] ?? '');

/** The error for a word that is not a command. */
function describeUnknown(word: string): string {
  const near = nearest(word, NAMES);
  return `there is no command ${word}. ${near === null ? `Use one of ${NAMES.join(', ')}` : `Did you mean \`${near}\`?`}`;
}

/**
 * Finds the command and reads its arguments. null: help, version or an error has been printed; after an error the
 * process exits with 2.
 */
export async function parseCommand(
  words: readonly string[],
  { root, version }: { readonly root: string; readonly version: string },
): Promise<ParsedCommand | null> {
  const [first, ...others] = markWords(words);
  // A known command is registered alone, as yargs' default command: else yargs formats the help of all at each call.
  const named = COMMANDS.find(({ command }) => command.split(' ')[0] === first);
  const name = named === undefined ? 'kvmvlan' : `kvmvlan ${first}`;
  let chosen: ParsedCommand | null = null;
  const describe = (message: string, left: readonly string[] | null): string => {
    if (named !== undefined)
      return left === null ? `too few words: the usage is \`kvmvlan ${named.command}\`` : message;
    const unknown = left?.find((word) => word.trim() !== '' && !NAMES.includes(word));
    return unknown === undefined ? message : describeUnknown(unknown);
  };
  const parser = await parserOf(named === undefined ? markWords(words) : others, { name, version }, describe);
  parser.option('root', { type: 'string', default: root, describe: 'folder of the hooks' });
  if (named === undefined)
    parser
      .usage('$0 <command>\n\nShows, checks and sets the VLANs of the guests on this host.')
      .demandCommand(1, `no command given. Use one of ${NAMES.join(', ')}`);
  for (const command of named === undefined ? COMMANDS : [named]) {
    const isFirst = named !== undefined && command.isProcedure === true;
    parser.command(
      named === undefined ? command.command : command.command.replace(/^\S+/, '$0'),
      isFirst ? procedureOf(command) : command.describe,
      (argv) =>
        command.options(argv).example(isFirst ? [] : command.examples.map(([line, what]) => [line, what])),
      (args) => {
        chosen = { command, args };
      },
    );
  }
  await parser.parseAsync();
  return process.exitCode === undefined ? chosen : null;
}

/** The examples of a command line by line, and what it does. */
function procedureOf({ examples, describe }: Command): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, what]) => `${line.padEnd(width)}  # ${what}`);
  return `${lines.join('\n')}\n\n${describe}`;
}
