import type { ConfProblem } from './conf_problem';
import { inFileOrder } from './in_file_order';
import type { Keys, SectionRules } from './keys';
import { inheritedByNone } from './problems';
import { readInherited, type Fault, type Inherited } from './read_inherited';
import type { IniFile, IniSection } from './read_ini';
import { isConcerned, readSection, type SectionValues } from './read_section';

/** A conf file by its keys. */
export interface ConfValues<K extends Keys> {
  readonly sections: readonly SectionValues<K>[];
  /** The values of a section that sets no key itself. */
  readonly defaults: SectionValues<K>;
  /** The keys before the first section, as a section that has lost its header. null: none. */
  readonly orphans: SectionValues<K> | null;
  /** Problems that may hide a section: it is unknown what else the file was meant to say. */
  readonly hiding: readonly ConfProblem[];
  /** Problems in [DEFAULT] and before the first section; a warning if no section inherits it. */
  readonly outside: readonly ConfProblem[];
  /** All problems, including those of the sections, in the order of the file. */
  readonly problems: readonly ConfProblem[];
}

/**
 * Reads a file by the given keys. An unknown key is a problem of its section. A problem in [DEFAULT] is a problem of
 * each section that inherits it, and of no other. So is a key before the first section, which may belong to [DEFAULT].
 */
export function readSections<K extends Keys>(ini: IniFile, keys: K, rules: SectionRules): ConfValues<K> {
  const inherited = readInherited(ini, keys, rules);
  const faults = inherited.faults.filter((fault) => fault.keys?.some((key) => key !== rules.ofFile) ?? true);
  const read = (section: IniSection, from: Inherited): SectionValues<K> =>
    readSection(section, ini.file, keys, from, rules);
  // An unknown key may be any key misspelt, and a line before the first section may belong to a section.
  const isIdle = (fault: Fault): boolean =>
    rules.isForOthers !== true &&
    fault.keys !== null &&
    fault.keys.some((key) => key !== rules.ofFile) &&
    fault.problem.section !== undefined &&
    ini.sections.every((section) => !isConcerned(section, fault));
  const nothing = { entries: new Map(), values: new Map(), faults: [] };
  const ofSections = { ...inherited, faults };
  const sections = ini.sections.map((section) => read(section, ofSections));
  const orphans = ini.orphans.entries.size === 0 ? null : read(ini.orphans, nothing);
  const outside = inherited.faults.map((fault) =>
    isIdle(fault) ? inheritedByNone(fault.problem) : fault.problem,
  );
  return {
    sections,
    defaults: read({ ...ini.defaults, entries: new Map(), problems: [] }, inherited),
    orphans,
    hiding: ini.problems,
    outside,
    problems: inFileOrder([...ini.problems, ...outside, ...sections.flatMap(({ problems }) => problems)]),
  };
}
