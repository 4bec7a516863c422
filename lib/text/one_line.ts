import { spellOut, UNSAFE } from './unsafe_characters';

const ANY = new RegExp(UNSAFE);
const ALL = new RegExp(UNSAFE, 'g');

/**
 * Makes a text from outside (a name, a value of conf or XML, the output of a script) safe for one line of a log, a
 * table or a terminal. Characters that would end the line, give the terminal a command or change the order of the
 * text are spelled out, as `\x1b` and `\u202e`.
 *
 * @param most maximum number of characters; a longer text is cut and ends in `…`
 */
export function oneLine(text: string, most = Infinity): string {
  // Spelling out only makes a text longer, so the rest would be cut anyway.
  const start = text.length > most ? text.slice(0, most + 1) : text;
  const spelled = ANY.test(start) ? start.replace(ALL, spellOut) : start;
  if (spelled.length <= most) return spelled;
  // Do not end in half an escape or half a surrogate pair.
  return `${spelled.slice(0, most - 1).replace(/(\\(x[0-9a-f]?|u[0-9a-f]{0,3})?|[\ud800-\udbff])$/, '')}…`;
}
