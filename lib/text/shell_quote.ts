import { UNSAFE } from './unsafe_characters';

const ANY_UNSAFE = new RegExp(UNSAFE);
const ALL_TO_SPELL = new RegExp(`${UNSAFE}|[\\\\']`, 'g');

/** Quotes a word for a shell (bash, zsh). Characters that could control a terminal are spelled out. */
export function shellQuote(word: string): string {
  if (/^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/.test(word)) return word;
  if (!ANY_UNSAFE.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  return `$'${word.replace(ALL_TO_SPELL, spell)}'`;
}

/** Like `shellQuote`, for a name where the command also accepts options. */
export function shellName(name: string): string {
  return name.startsWith('-') ? `-- ${shellQuote(name)}` : shellQuote(name);
}

/** A command that can be pasted into a shell. */
export function shellCommand(words: readonly string[]): string {
  return words.map(shellQuote).join(' ');
}

function spell(char: string): string {
  if (char === '\\' || char === "'") return `\\${char}`;
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
