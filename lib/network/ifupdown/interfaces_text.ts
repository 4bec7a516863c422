/** A line of an interfaces file together with the lines that continue it. */
export interface InterfacesLine {
  /** As it is in the file, without the last line end. */
  readonly raw: string;
  /** Empty: a comment or an empty line. */
  readonly words: readonly string[];
  /** From 1. */
  readonly line: number;
}

/** A stanza of an interfaces file: its first line, and all lines up to the next stanza. */
export interface Stanza {
  /** null: the comments before the first stanza. */
  readonly head: InterfacesLine | null;
  readonly body: readonly InterfacesLine[];
}

/** The first line of an `iface` stanza. */
export interface IfaceHead {
  readonly name: string;
  /** null: not given. A template may give it, and ifupdown2 does not need it. */
  readonly family: string | null;
  readonly method: string | null;
  /** The templates that it inherits from. */
  readonly parents: readonly string[];
}

/** Words that begin a stanza. Source: interfaces(5) of ifupdown, and ifupdown2's networkinterfaces.py. */
const STANZA = /^(iface|auto|allow-\S+|mapping|source|source-directory|no-auto-down|no-scripts|rename|vlan)$/;

/** The stanzas of a text; `formatStanzas` of them is the same text. */
export function parseStanzas(text: string): Stanza[] {
  const stanzas: { head: InterfacesLine | null; body: InterfacesLine[] }[] = [{ head: null, body: [] }];
  for (const line of interfacesLines(text)) {
    if (STANZA.test(line.words[0] ?? '')) stanzas.push({ head: line, body: [] });
    else stanzas.at(-1)?.body.push(line);
  }
  return stanzas;
}

export function formatStanzas(stanzas: readonly Stanza[]): string {
  return stanzas
    .flatMap(({ head, body }) => [...(head === null ? [] : [head]), ...body])
    .map(({ raw }) => raw)
    .join('\n');
}

/** A line that is not in a file yet. */
export function newLine(raw: string): InterfacesLine {
  return { raw, words: wordsOf(raw), line: 0 };
}

/** null: the stanza is not an `iface` stanza. */
export function ifaceHead({ head }: Stanza): IfaceHead | null {
  if (head?.words[0] !== 'iface') return null;
  const [name = '', ...rest] = head.words.slice(1);
  const at = rest.indexOf('inherits');
  const [family = null, method = null] = at < 0 ? rest : rest.slice(0, at);
  return { name, family, method, parents: at < 0 ? [] : rest.slice(at + 1) };
}

/** The indentation of a stanza's options. */
export function indentOf({ body }: Stanza): string {
  const option = body.find(({ words }) => words.length > 0);
  return /^\s*/.exec(option?.raw ?? '    ')?.[0] ?? '';
}

/** The key of an option. Hyphens and underscores mean the same: the key has hyphens here. */
export function keyOf(option: InterfacesLine): string {
  return (option.words[0] ?? '').replaceAll('_', '-');
}

/** The value of an option, in one line. */
export function valueOf(option: InterfacesLine): string {
  return option.words.slice(1).join(' ');
}

/** A backslash at the end continues a line; comments are lines of their own. */
function interfacesLines(text: string): InterfacesLine[] {
  const lines: InterfacesLine[] = [];
  let pending: string[] = [];
  text.split('\n').forEach((raw, index, all) => {
    const isComment = pending.length === 0 && /^\s*(#|$)/.test(raw);
    pending.push(raw);
    if (!isComment && raw.endsWith('\\') && index < all.length - 1) return;
    const line = index + 2 - pending.length;
    const whole = pending.map((part) => part.replace(/\\$/, ' ')).join('');
    lines.push({ raw: pending.join('\n'), words: isComment ? [] : wordsOf(whole), line });
    pending = [];
  });
  return lines;
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
