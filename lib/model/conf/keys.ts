/** What a key's text means, or what is wrong with it. */
export type Parsed<T> = { readonly value: T } | { readonly wrong: string };

/** A key of a conf file: how its text is read, and which values are allowed. */
export interface Key<T> {
  readonly parse: (text: string) => Parsed<T>;
  /** For people: `a VID from 1 to 4094, or none`. */
  readonly allowed: string;
  /** It takes any number of words: an empty value replaces the list of [DEFAULT]. */
  readonly isList?: true;
  /** It takes a pattern (* ? [a-z]) instead of a name. */
  readonly isPattern?: true;
}

export type Keys = Readonly<Record<string, Key<unknown>>>;
export type ValueOf<K> = K extends Key<infer T> ? T : never;

/** How a kind of file is read. */
export interface SectionRules {
  /** An empty value is the same as no line; otherwise it is a value like any other. */
  readonly skipsEmpty: boolean;
  /** [DEFAULT] also applies to scripts without a section. */
  readonly isForOthers?: true;
  /** A key of [DEFAULT] for the whole file: no section inherits it. */
  readonly ofFile?: string;
  /** What happens until a wrong value is corrected. */
  readonly meanwhile: string;
}

/** The nearest candidate within two edits of the word; null: none. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const [best] = candidates
    // At most two edits: this limits the work for a very long word.
    .filter((candidate) => Math.abs(candidate.length - word.length) <= 2)
    .map((candidate) => ({ candidate, edits: editDistance(word, candidate) }))
    .filter(({ edits, candidate }) => edits <= Math.min(2, Math.ceil(candidate.length / 3)))
    .sort((a, b) => a.edits - b.edits);
  return best?.candidate ?? null;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, x] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, y] of [...b].entries()) {
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (x === y ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
