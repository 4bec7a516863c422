/** Ends a line, moves the cursor, or begins a command to the terminal: C0 and DEL. */
const C0 = '\\x00-\\x1f\\x7f';
/**
 * What no output of ours ever needs. C1 holds CSI, by which a terminal takes commands too. The marks of bidirectional
 * text (Unicode UAX #9) show a text in another order than it is, and the line and paragraph separators end a line.
 */
const OTHERS = '\\x80-\\x9f\\u061c\\u200e\\u200f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069';

/** Characters that must not be shown as they are. */
export const UNSAFE = `[${C0}${OTHERS}]`;
/** The same without C0, which JSON escapes by itself and which layout needs. */
export const UNSAFE_ANYWHERE = `[\\x7f${OTHERS}]`;

/** `\x1b`, or `\u202e`: beyond ASCII as JSON writes it. */
export function spellOut(char: string): string {
  const code = char.charCodeAt(0);
  return code < 0x80 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
}

/** `\u007f`: as JSON writes every character. */
export function spellOutForJson(char: string): string {
  return `\\u${hex(char.charCodeAt(0), 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
