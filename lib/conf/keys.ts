import type { ConfProblem } from './conf_problem';
import type { IniEntry, IniFile, IniSection } from './read_ini';

/** What a key's text means, or what is wrong with it. */
export type Parsed<T> = { readonly value: T } | { readonly wrong: string };

/** A key of a conf file: how its text is read, what may stand there. */
export interface Key<T> {
  readonly parse: (text: string) => Parsed<T>;
  /** For people: `a VID from 1 to 4094, or none`. */
  readonly allowed: string;
}

export type Keys = Readonly<Record<string, Key<unknown>>>;
type ValueOf<K> = K extends Key<infer T> ? T : never;

/** The values of a section, inherited ones included; a key that is absent or wrong has none. */
export interface SectionValues<K extends Keys> {
  readonly section: IniSection;
  get<N extends keyof K & string>(name: N): ValueOf<K[N]> | undefined;
  /** Where the key stands, in the section or in [DEFAULT]. */
  entry(name: keyof K & string): IniEntry | undefined;
  /** All that is wrong in the section, inherited values included. */
  readonly problems: readonly ConfProblem[];
}

/** Reads every section of a file by the given keys. An unknown key is a problem of its section. */
export function readSections<K extends Keys>(ini: IniFile, keys: K): SectionValues<K>[] {
  return ini.sections.map((section) => {
    const problems = ini.problems.filter((problem) => problem.section === section.name);
    const values = new Map<string, unknown>();
    const entries = new Map([...ini.defaults.entries, ...section.entries]);
    for (const entry of entries.values()) {
      const owner = section.entries.get(entry.key) === entry ? section : ini.defaults;
      const read = readEntry(ini.file, owner, entry, keys);
      if ('problems' in read) problems.push(...read.problems);
      else values.set(entry.key, read.value);
    }
    // Of two values in one section neither is to be trusted.
    for (const { key } of problems) if (key !== undefined) values.delete(key);
    return {
      section,
      problems,
      get: (name) => values.get(name) as never,
      entry: (name) => entries.get(name),
    };
  });
}

/** What is wrong in [DEFAULT] and outside of all sections: it concerns every section. */
export function readDefaults<K extends Keys>(ini: IniFile, keys: K): SectionValues<K> {
  const alone: IniFile = { ...ini, sections: [{ ...ini.defaults, entries: new Map() }] };
  const [values] = readSections(alone, keys);
  if (values === undefined) throw new Error('one section in, none out');
  return {
    ...values,
    problems: [...ini.problems.filter((p) => p.section === undefined), ...values.problems],
  };
}

function readEntry(
  file: string,
  owner: IniSection,
  entry: IniEntry,
  keys: Keys,
): { problems: ConfProblem[] } | { value: unknown } {
  const at = {
    level: 'error',
    place: { file, line: entry.line },
    section: owner.name,
    key: entry.key,
  } as const;
  const swallowed = swallowedKeys(entry.value, keys).map(([name, line]): ConfProblem => {
    const message = `"${line}" is indented, and so goes on with the value of ${entry.key}`;
    return { ...at, key: name, message, hint: 'Let every key begin at the left margin.' };
  });
  const key = Object.hasOwn(keys, entry.key) ? keys[entry.key] : undefined;
  if (key === undefined) {
    const near = nearest(entry.key, Object.keys(keys));
    const hint = near === null ? 'Remove the line, or put # before it.' : `Did you mean \`${near}\`?`;
    const allowed = Object.keys(keys).join(', ');
    return { problems: [{ ...at, value: entry.value, message: 'unknown key', allowed, hint }, ...swallowed] };
  }
  if (swallowed.length > 0) return { problems: swallowed };
  const parsed = key.parse(entry.value);
  if ('value' in parsed) return parsed;
  const hint = 'Correct the line; until then what it is about stays as it is.';
  return { problems: [{ ...at, value: entry.value, message: parsed.wrong, allowed: key.allowed, hint }] };
}

/** The lines of a value, behind its first one, that look like keys of their own. */
function swallowedKeys(value: string, keys: Keys): [key: string, line: string][] {
  const [, ...more] = value.split('\n');
  return more.flatMap((line): [string, string][] => {
    const key = /^(.*?)\s*[=:]/.exec(line)?.[1]?.toLowerCase() ?? '';
    return Object.hasOwn(keys, key) ? [[key, line]] : [];
  });
}

/** The candidate within two edits of the word, the nearest first; null where there is none. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const [best] = candidates
    // Two edits at most: this bounds the work for a very long word.
    .filter((candidate) => Math.abs(candidate.length - word.length) <= 2)
    .map((candidate) => ({ candidate, edits: editDistance(word, candidate) }))
    .filter(({ edits, candidate }) => edits <= Math.min(2, Math.ceil(candidate.length / 3)))
    .sort((a, b) => a.edits - b.edits);
  return best?.candidate ?? null;
}

/** Levenshtein's distance. */
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
