import { spellOut, spellOutForJson, UNSAFE_ANYWHERE } from './unsafe_characters';

/** What our own output holds of C0: line ends, colours, and what clears the screen for a redraw (ECMA-48). */
const OWN = '\\n|\\x1b\\[[0-9;]*m|\\x1b\\[H\\x1b\\[2J';
const ALL = new RegExp(`(${OWN})|[\\x00-\\x1f]|${UNSAFE_ANYWHERE}`, 'g');
const ANY = new RegExp(`[\\x00-\\x09\\x0b-\\x1f]|${UNSAFE_ANYWHERE}`);

/**
 * All that a command prints, text or JSON, right before it is printed: whatever has come through from outside moves no
 * cursor and reorders no text. Line ends stay: `oneLine` is for the values in a line. JSON stays the same value.
 */
export function harmless(output: string): string {
  if (!ANY.test(output)) return output;
  return output.replace(ALL, (char: string, own?: string) => {
    if (own !== undefined) return own;
    return char < ' ' ? spellOut(char) : spellOutForJson(char);
  });
}
