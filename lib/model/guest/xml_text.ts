import { XmlError } from './xml_error';

/** The entities that XML itself defines (XML 1.0, section 4.6). */
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** A reference, or an ampersand that starts none. */
const REFERENCE = /&(?:#(\d+)|#x([\da-fA-F]+)|([A-Za-z_:][\w.:-]*));|&/g;

/** Everything that XML forbids, and all surrogates: one class is fast to search for. */
const SUSPICIOUS = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/;

const FORBIDDEN =
  // eslint-disable-next-line no-control-regex
  /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Offset of the first character that XML forbids (XML 1.0, Char), a lone surrogate included; -1: there is none. */
export function forbiddenAt(text: string): number {
  return SUSPICIOUS.test(text) ? text.search(FORBIDDEN) : -1;
}

/**
 * Replaces the references in a text.
 *
 * @param isTolerant keep references that XML does not know, and lone ampersands, as they are; otherwise they throw XmlError
 */
export function expand(text: string, isTolerant: boolean): string {
  return text.replace(REFERENCE, (reference, decimal?: string, hex?: string, name?: string) => {
    const value = name !== undefined ? ENTITIES.get(name) : character(decimal, hex);
    if (value !== undefined) return value;
    if (isTolerant) return reference;
    throw new XmlError(name === undefined ? '"&" without a reference' : `undefined entity ${reference}`);
  });
}

/** The character with a number; undefined if XML forbids it. */
function character(decimal: string | undefined, hex: string | undefined): string | undefined {
  const code = decimal !== undefined ? Number(decimal) : hex !== undefined ? parseInt(hex, 16) : NaN;
  if (!(code <= 0x10ffff)) return undefined;
  const char = String.fromCodePoint(code);
  return forbiddenAt(char) < 0 ? char : undefined;
}
