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

function charSet(set: string[]): (char: string) => boolean {
  const negated = set[0] === '!';
  const members = negated ? set.slice(1) : set;
  return (char) => {
    for (let i = 0; i < members.length; i++) {
      const first = members[i] ?? '';
      const isRange = members[i + 1] === '-' && i + 2 < members.length;
      const last = isRange ? (members[i + 2] ?? first) : first;
      if (char >= first && char <= last) return !negated;
      if (isRange) i += 2;
    }
    return negated;
  };
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
