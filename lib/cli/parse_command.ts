import { nearest } from '../model/conf/keys';
import { markWords, parserOf } from '../plugins/as_typed';
import type { CliArgs, Command } from './command';
import { COMMANDS } from './commands';

/** A call of `kvmvlan`, as it was typed. */
export interface ParsedCommand {
  readonly command: Command;
  readonly args: CliArgs;
}

const NAMES = COMMANDS.map(({ command }) => command.split(' ')[0] ?? '');

/** A word in the place of a command that is none. */
function describeUnknown(word: string): string {
  const near = nearest(word, NAMES);
  return `there is no command ${word}. ${near === null ? `Name one of ${NAMES.join(', ')}` : `Did you mean \`${near}\`?`}`;
}

/**
 * Finds the command that is meant and reads its arguments. null: help, version or an error have been printed; after an
 * error the process ends with 2.
 */
export async function parseCommand(
  words: readonly string[],
  { root, version }: { readonly root: string; readonly version: string },
): Promise<ParsedCommand | null> {
  const [first, ...others] = markWords(words);
  // Where a command is named, yargs is told of it alone, and as the one there is: else it lays out its help at each call.
  const named = COMMANDS.find(({ command }) => command.split(' ')[0] === first);
  const name = named === undefined ? 'kvmvlan' : `kvmvlan ${first}`;
  let chosen: ParsedCommand | null = null;
  const describe = (message: string, left: readonly string[] | null): string => {
    if (named !== undefined)
      return left === null ? `too few words: it is \`kvmvlan ${named.command}\`` : message;
    const unknown = left?.find((word) => word.trim() !== '' && !NAMES.includes(word));
    return unknown === undefined ? message : describeUnknown(unknown);
  };
  const parser = await parserOf(named === undefined ? markWords(words) : others, { name, version }, describe);
  parser.option('root', { type: 'string', default: root, describe: 'folder of the hooks' });
  if (named === undefined)
    parser
      .usage('$0 <command>\n\nShows, checks and sets the VLANs of the guests on this host.')
      .demandCommand(1, `name a command: ${NAMES.join(', ')}`);
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
  return process.exitCode === undefined ? chosen : null;
}
