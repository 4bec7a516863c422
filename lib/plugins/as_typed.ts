import type { Argv } from 'yargs';
import { Exit } from '../model/known_error';

/** Settings of yargs that keep arguments as they were typed. */
const AS_TYPED = {
  // Names like 1e3 and - stay as they are.
  'parse-numbers': false,
  'parse-positional-numbers': false,
  // An option that is given twice, or with `no-` or a dot, must not become a value that no command expects.
  'duplicate-arguments-array': false,
  'boolean-negation': false,
  'dot-notation': false,
  'camel-case-expansion': false,
} as const;

/** Marks words after `--` until yargs has sorted the arguments. No argument of a process can contain it. */
const WORD = '\0';

/** yargs reads words after `--` as options too, but a guest's name may begin with a dash. */
export function markWords(words: readonly string[]): string[] {
  const dashes = words.indexOf('--');
  if (dashes < 0) return [...words];
  return [...words.slice(0, dashes), ...words.slice(dashes + 1).map((word) => WORD + word)];
}

export function loadYargs() {
  return import('yargs/yargs');
}

/**
 * A parser of marked words for a program or a subcommand; the caller adds commands and options. It prints help and
 * version. It prints an error in two lines and sets the exit status to 2. yargs is loaded here, because a hook never
 * needs it.
 *
 * @param name `kvmvlan status`: the program and the subcommand, if any
 * @param describe makes the message from that of yargs, which is used by default. It also gets the words that yargs
 * took for the name of a command, or for nothing; null if yargs has not sorted them because a required word is missing:
 * it looks for those before it runs any middleware (command.js, applyMiddlewareAndGetResult)
 */
export async function parserOf(
  marked: readonly string[],
  { name, version }: { readonly name: string; readonly version: string },
  describe: (message: string, words: readonly string[] | null) => string = (message) => message,
): Promise<Argv> {
  const { default: yargs } = await loadYargs();
  let left: readonly string[] | null = null;
  return yargs([...marked])
    .scriptName(name)
    .parserConfiguration(AS_TYPED)
    .middleware((args) => {
      unmarkWords(args);
      left = args._.map(String);
    }, true)
    .version(version)
    .help()
    .alias('help', 'h')
    .strict()
    .wrap(Math.min(100, process.stdout.columns || 100))
    .exitProcess(false)
    .fail((message: string | null, error) => {
      // Only the first of several errors is printed.
      if (process.exitCode !== undefined) return;
      const wrong = unmark(describe(message ?? error.message, left));
      const end = wrong.endsWith('?') ? '' : '.';
      process.stderr.write(
        `${name.replace(/ .*/, '')}: ${wrong}${end}\n\`${name} --help\` describes the usage.\n`,
      );
      process.exitCode = Exit.usage;
    });
}

/** Runs before yargs checks the arguments against the command. */
function unmarkWords(args: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(args)) {
    if (typeof value === 'string') args[key] = unmark(value);
    else if (Array.isArray(value)) args[key] = value.map((word: unknown) => unmark(String(word)));
  }
}

/** A text without marks, as it is shown. */
function unmark(text: string): string {
  return text.replaceAll(WORD, '');
}
