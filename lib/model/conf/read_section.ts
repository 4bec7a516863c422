import type { ConfProblem } from './conf_problem';
import type { IniEntry } from './ini_lines';
import type { Keys, SectionRules, ValueOf } from './keys';
import { emptyOverDefault } from './problems';
import { readEntry } from './read_entry';
import type { IniSection } from './read_ini';
import type { Fault, Inherited } from './read_inherited';

/** The values of a section, inherited ones included; a key that is absent or wrong has none. */
export interface SectionValues<K extends Keys> {
  readonly section: IniSection;
  get<N extends keyof K & string>(name: N): ValueOf<K[N]> | undefined;
  /** The line of the key, in the section or in [DEFAULT]; undefined: there is none, or it counts as none. */
  entry(name: keyof K & string): IniEntry | undefined;
  /** Whether the section itself gives the key a value. */
  isOwn(name: keyof K & string): boolean;
  /** All problems of the section, including those of inherited values. */
  readonly problems: readonly ConfProblem[];
}

/** Reads a section by the given keys. */
export function readSection<K extends Keys>(
  section: IniSection,
  file: string,
  keys: K,
  inherited: Inherited,
  { skipsEmpty, meanwhile }: SectionRules,
): SectionValues<K> {
  const isNamed = section.name !== '' || section.line !== 0;
  const name = isNamed ? { section: section.name } : {};
  const problems = [...section.problems];
  const values = new Map<string, unknown>();
  for (const entry of section.entries.values()) {
    const above = inherited.entries.get(entry.key);
    if (skipsEmpty && entry.value === '' && keys[entry.key]?.isList !== true) {
      // Python would take the empty value. It must not be guessed which of the two is meant.
      if (above !== undefined) {
        const place = { file, line: entry.line };
        problems.push(emptyOverDefault({ place, ...name, key: entry.key, value: '' }, above));
      }
    } else if (!skipsEmpty || entry.value !== '' || above !== undefined) {
      const read = readEntry(entry, { file, ...name }, keys, meanwhile);
      if ('value' in read) values.set(entry.key, read.value);
      else problems.push(...read.problems);
    }
  }
  const faults = inherited.faults.filter((fault) => isConcerned(section, fault));
  // If a section has two values for a key, neither can be trusted.
  const untrusted = [
    ...problems.map(({ key }) => key),
    ...faults.flatMap((fault) => fault.keys ?? []).filter((key) => !section.entries.has(key)),
  ];
  for (const { problem } of faults) problems.push(problem);
  return new Values<K>(section, inherited, skipsEmpty, values, untrusted, problems);
}

/** Whether a problem in [DEFAULT], or before the first section, concerns this section. */
export function isConcerned({ entries }: IniSection, { keys }: Fault): boolean {
  return keys === null || keys.some((key) => !entries.has(key));
}

/** A class, because a file may have hundreds of thousands of sections. */
class Values<K extends Keys> implements SectionValues<K> {
  constructor(
    readonly section: IniSection,
    private readonly inherited: Inherited,
    private readonly skipsEmpty: boolean,
    private readonly values: ReadonlyMap<string, unknown>,
    private readonly untrusted: readonly (string | undefined)[],
    readonly problems: readonly ConfProblem[],
  ) {}

  get<N extends keyof K & string>(name: N): ValueOf<K[N]> | undefined {
    if (this.untrusted.includes(name)) return undefined;
    return (this.section.entries.has(name) ? this.values : this.inherited.values).get(name) as never;
  }

  entry(name: keyof K & string): IniEntry | undefined {
    const own = this.section.entries.get(name);
    const above = this.inherited.entries.get(name);
    const isAbsent = this.skipsEmpty && own?.value === '' && above === undefined;
    return isAbsent ? undefined : (own ?? above);
  }

  isOwn(name: keyof K & string): boolean {
    return (this.section.entries.get(name)?.value ?? '') !== '';
  }
}
