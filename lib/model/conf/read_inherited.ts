import type { ConfProblem } from './conf_problem';
import type { IniEntry } from './ini_lines';
import type { Keys, SectionRules } from './keys';
import { keyBeforeSection } from './problems';
import { readEntry } from './read_entry';
import type { IniFile } from './read_ini';

/** A problem in [DEFAULT], or before the first section. */
export interface Fault {
  readonly problem: ConfProblem;
  /** It concerns each section that does not set all of these keys itself. null: every section. */
  readonly keys: readonly string[] | null;
}

/** What sections inherit from [DEFAULT]. */
export interface Inherited {
  /** Without empty values, if these are skipped. */
  readonly entries: ReadonlyMap<string, IniEntry>;
  /** The values that can be read. */
  readonly values: ReadonlyMap<string, unknown>;
  readonly faults: readonly Fault[];
}

/**
 * Reads [DEFAULT]. A key before the first section may have been meant for it: it is a fault, and gives no value.
 */
export function readInherited(ini: IniFile, keys: Keys, { skipsEmpty, meanwhile }: SectionRules): Inherited {
  const { file, defaults, orphans } = ini;
  const entries = new Map<string, IniEntry>();
  const values = new Map<string, unknown>();
  const faults: Fault[] = [];
  const add = (problem: ConfProblem, ...more: string[]): void => {
    const { key } = problem;
    const isKnown = key !== undefined && Object.hasOwn(keys, key);
    faults.push({ problem, keys: isKnown ? [key, ...more] : null });
  };
  for (const { key, value, line } of orphans.entries.values())
    add(keyBeforeSection({ place: { file, line }, key, value }));
  for (const problem of [...orphans.problems, ...defaults.problems]) add(problem);
  for (const [name, entry] of defaults.entries) {
    if (skipsEmpty && entry.value === '') continue;
    entries.set(name, entry);
    const read = readEntry(entry, { file, section: defaults.name }, keys, meanwhile);
    if ('value' in read) values.set(name, read.value);
    // If a key is lost in the value of another key, both are wrong.
    else for (const problem of read.problems) add(problem, ...(problem.key === name ? [] : [name]));
  }
  return { entries, values, faults };
}
