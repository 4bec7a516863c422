/** Settings of yargs by which arguments stay what was typed. */
export const AS_TYPED = {
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

/** Before yargs looks whether the arguments are such as the command takes. */
export function unmarkWords(args: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(args)) {
    if (typeof value === 'string') args[key] = unmark(value);
    else if (Array.isArray(value)) args[key] = value.map((word: unknown) => unmark(String(word)));
  }
}

/** A text that may hold such words, as it is shown. */
export function unmark(text: string): string {
  return text.replaceAll(WORD, '');
}
