import { spellOut, spellOutForJson, UNSAFE_ANYWHERE } from './unsafe_characters';

/** The control sequences that kvmvlan itself prints: line ends, colours, and clearing the screen (ECMA-48). */
const OWN = '\\n|\\x1b\\[[0-9;]*m|\\x1b\\[H\\x1b\\[2J';
const ALL = new RegExp(`(${OWN})|[\\x00-\\x1f]|${UNSAFE_ANYWHERE}`, 'g');
const ANY = new RegExp(`[\\x00-\\x09\\x0b-\\x1f]|${UNSAFE_ANYWHERE}`);

/**
 * Escapes unsafe characters in a command's complete output, text or JSON, right before it is printed. Text from
 * outside then cannot move the cursor or reorder the output. Line ends are kept: use `oneLine` for the values in a
 * line. JSON keeps its value.
 */
export function harmless(output: string): string {
  if (!ANY.test(output)) return output;
  return output.replace(ALL, (char: string, own?: string) => {
    if (own !== undefined) return own;
    return char < ' ' ? spellOut(char) : spellOutForJson(char);
  });
}
