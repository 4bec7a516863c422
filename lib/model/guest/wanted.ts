/** Which children of an element are reported to a handler. */
export interface Wanted {
  has(name: string): boolean;
  /** Matches, from `lastIndex` on, elements that are not wanted and so plain that they can be skipped; null: none can. */
  readonly others: RegExp | null;
}

/** All children and all text. */
export const ALL: Wanted = { has: () => true, others: null };

/** No children and no text. */
export const NONE: Wanted = only();

/** The children with these names. The others are only checked to be well-formed. Text is not reported. */
export function only(...names: readonly string[]): Wanted {
  const known = new Set(names);
  return { has: (name) => known.has(name), others: plainElements(names) };
}

/**
 * An expression for elements as libvirt writes most of them: attributes in single quotes, none of them twice, without `>`
 * or references; no content, or text, or such elements without content. A guest has a hundred of them and hooks run cold,
 * where one expression is several times faster than reading them step by step. What it does not match is read that way,
 * and what it matches is well-formed. All repetitions are bounded, since V8 keeps a state for each.
 */
function plainElements(exceptions: readonly string[]): RegExp {
  const except = exceptions.length === 0 ? '' : `(?!(?:${exceptions.join('|')})[^\\w.-])`;
  const name = '([A-Za-z][\\w.-]*)';
  const attributes = (group: number): string =>
    `(?: (?!xmlns)${name}='[^'<>&]*'(?![^<>]* \\${group}=)){0,12}`;
  const leaves = `(?:[ \\n]*<[A-Za-z][\\w.-]*${attributes(3)}/>){0,20}`;
  return new RegExp(
    `(?:[ \\n]*<${except}${name}${attributes(2)}(?:/>|>${leaves}[^<&\\]]*</\\1>)){1,100}`,
    'y',
  );
}
