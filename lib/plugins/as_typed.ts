import type { Argv } from 'yargs';
import { Exit } from '../model/known_error';

/** Settings of yargs by which arguments stay what was typed. */
const AS_TYPED = {
  // Names like 1e3 and - stay as they are.
  'parse-numbers': false,
  'parse-positional-numbers': false,
  // An option that is said twice, or with a `no-` or a dot, must not come as something that no command knows.
  'duplicate-arguments-array': false,
  'boolean-negation': false,
  'dot-notation': false,
  'camel-case-expansion': false,
} as const;

/** Before words that stand behind `--`, until yargs has sorted them: no argument of a process can hold it. */
const WORD = '\0';

/** yargs reads what is behind `--` once more, as options: a guest's name may begin with a dash. */
export function markWords(words: readonly string[]): string[] {
  const dashes = words.indexOf('--');
  if (dashes < 0) return [...words];
  return [...words.slice(0, dashes), ...words.slice(dashes + 1).map((word) => WORD + word)];
}

export function loadYargs() {
  return import('yargs/yargs');
}

/**
 * A parser of such words for a program or its subcommand, which still have to be told to it. Help and the version are
 * printed; what is wrong is told in two lines, and the exit status is set to 2. yargs is loaded here: a hook never
 * needs it.
 *
 * @param name `kvmvlan status`: the program and the subcommand, if any
 * @param describe the error in our words; by default it is yargs' own, which it gets. Also gets the words that yargs has
 * taken for the name of a command, or for nothing; null where it has not sorted them, as a required one is missing: it
 * looks for those before it runs any middleware (command.js, applyMiddlewareAndGetResult)
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
    .wrap(100)
    .exitProcess(false)
    .fail((message: string | null, error) => {
      // More than one thing may be wrong; the first says it.
      if (process.exitCode !== undefined) return;
      const wrong = unmark(describe(message ?? error.message, left));
      const end = wrong.endsWith('?') ? '' : '.';
      process.stderr.write(`${name.replace(/ .*/, '')}: ${wrong}${end}\n\`${name} --help\` tells more.\n`);
      process.exitCode = Exit.usage;
    });
}

/** Before yargs looks whether the arguments are such as the command takes. */
function unmarkWords(args: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(args)) {
    if (typeof value === 'string') args[key] = unmark(value);
    else if (Array.isArray(value)) args[key] = value.map((word: unknown) => unmark(String(word)));
  }
}

/** A text that may hold such words, as it is shown. */
function unmark(text: string): string {
  return text.replaceAll(WORD, '');
}
