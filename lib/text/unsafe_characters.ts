/** C0 and DEL: they end a line, move the cursor, or begin a command to the terminal. */
const C0 = '\\x00-\\x1f\\x7f';
/**
 * Characters that kvmvlan never prints. C1 contains CSI, which also begins a command to the terminal. The marks of
 * bidirectional text (Unicode UAX #9) change the order in which text is shown. The line and paragraph separators end
 * a line.
 */
const OTHERS = '\\x80-\\x9f\\u061c\\u200e\\u200f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069';

/** Characters that must not be shown as they are. */
export const UNSAFE = `[${C0}${OTHERS}]`;
/** The same without C0: JSON escapes C0 itself, and layout needs line ends. */
export const UNSAFE_ANYWHERE = `[\\x7f${OTHERS}]`;

/** `\x1b`, or `\u202e`: characters beyond ASCII are written as in JSON. */
export function spellOut(char: string): string {
  const code = char.charCodeAt(0);
  return code < 0x80 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
}

/** `\u007f`: an escape that is valid in JSON. */
export function spellOutForJson(char: string): string {
  return `\\u${hex(char.charCodeAt(0), 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
