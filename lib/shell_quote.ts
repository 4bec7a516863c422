/** A word as a shell takes it (bash, zsh). Control characters are spelled out: they could do anything to a terminal. */
export function shellQuote(word: string): string {
  if (/^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/.test(word)) return word;
  // eslint-disable-next-line no-control-regex
  if (!/[\x00-\x1f\x7f-\x9f]/.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  // eslint-disable-next-line no-control-regex
  return `$'${word.replace(/[\\']/g, '\\$&').replace(/[\x00-\x1f\x7f-\x9f]/g, spell)}'`;
}

/** The same for a name where a command takes options too. */
export function shellName(name: string): string {
  return name.startsWith('-') ? `-- ${shellQuote(name)}` : shellQuote(name);
}

function spell(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A command that can be pasted into a shell. */
export function shellCommand(words: readonly string[]): string {
  return words.map(shellQuote).join(' ');
}
