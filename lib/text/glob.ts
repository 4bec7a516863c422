/** Whether a whole name matches a shell pattern (`*`, `?`, `[a-z]`, `[!a-z]`). A name always matches itself. */
export function matchesGlob(pattern: string, name: string): boolean {
  if (pattern === name) return true;
  const compiled = compile(pattern);
  return compiled !== null && matchesTokens(compiled, [...name]);
}

export function isGlob(pattern: string): boolean {
  return compile(pattern) !== null;
}

/** A cache: hundreds of guests are each compared with hundreds of sections. */
const known = new Map<string, readonly Token[] | null>();

/** null: the text contains no pattern character. */
function compile(pattern: string): readonly Token[] | null {
  let compiled = known.get(pattern);
  if (compiled === undefined) known.set(pattern, (compiled = /[*?[]/.test(pattern) ? tokens(pattern) : null));
  return compiled;
}

type Token = '*' | ((char: string) => boolean);

function tokens(pattern: string): Token[] {
  const chars = [...pattern];
  const list: Token[] = [];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] ?? '';
    // A `]` right after the bracket, or after its `!`, belongs to the set.
    const end = char === '[' ? chars.indexOf(']', chars[i + 1] === '!' ? i + 3 : i + 2) : -1;
    if (char === '*') list.push('*');
    else if (char === '?') list.push(() => true);
    else if (end > 0) {
      list.push(charSet(chars.slice(i + 1, end)));
      i = end;
    } else list.push((other) => other === char);
  }
  return list;
}

/** A character of a set, or the hyphen of a range. */
type Member = string | typeof RANGE;
const RANGE: unique symbol = Symbol('range');

/** The set of a bracket, as Python's fnmatch reads it: ranges that run backwards are removed before a `!` is looked for. */
function charSet(set: readonly string[]): (char: string) => boolean {
  const [first, ...rest] = members(set);
  const negated = first === '!';
  const all: readonly Member[] = negated || first === undefined ? rest : [first, ...rest];
  return (char) => {
    for (let i = 0; i < all.length; i++) {
      const from = textOf(all[i]);
      const isRange = all[i + 1] === RANGE && i + 2 < all.length;
      const to = isRange ? textOf(all[i + 2]) : from;
      if (char >= from && char <= to) return !negated;
      if (isRange) i += 2;
    }
    return negated;
  };
}

/** A hyphen that no range needs is itself. */
function textOf(member: Member | undefined): string {
  return typeof member === 'string' ? member : '-';
}

function members(set: readonly string[]): Member[] {
  const parts: string[][] = [];
  let from = 0;
  // A hyphen that begins the set, or follows a range, belongs to no range.
  for (let at = set[0] === '!' ? 2 : 1; (at = set.indexOf('-', at)) >= 0; at += 3) {
    parts.push(set.slice(from, at));
    from = at + 1;
  }
  const last = set.slice(from);
  if (last.length > 0) parts.push(last);
  else parts.at(-1)?.push('-');
  for (let i = parts.length - 1; i > 0; i--) {
    const [before = [], after = []] = parts.slice(i - 1);
    if ((before.at(-1) ?? '') > (after[0] ?? ''))
      parts.splice(i - 1, 2, [...before.slice(0, -1), ...after.slice(1)]);
  }
  return parts.flatMap((part, i) => (i === 0 ? part : [RANGE, ...part]));
}

/** Backtracks only to the last star, so its time is bounded by the product of the two lengths. */
function matchesTokens(pattern: readonly Token[], name: readonly string[]): boolean {
  let at = 0;
  let star = -1;
  let starName = 0;
  for (let i = 0; i < name.length;) {
    const token = pattern[at];
    if (token === '*') {
      star = at++;
      starName = i;
    } else if (token?.(name[i] ?? '') === true) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++starName;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
