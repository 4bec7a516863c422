import type { Place } from '../problem';
import type { ProblemCode } from '../problem_code';
import type { ConfProblem } from './conf_problem';
import { inFileOrder } from './in_file_order';
import { nearest } from './keys';
import { SELECTOR_KEYS, toWish, WISH_KEYS, type PortWish } from './port_keys';
import { readIni } from './read_ini';
import type { SectionValues } from './read_section';
import { readSections } from './read_sections';
import { oneOf, word } from './values';

/** The keys of vlan_filtering.conf. */
export const VLAN_FILTERING_KEYS = {
  guest: { ...word("a guest's name or UUID, or a pattern with * ? [a-z]"), isPattern: true as const },
  ...SELECTOR_KEYS,
  bridge: word("a bridge's name"),
  network: word("a libvirt network's name"),
  ...WISH_KEYS,
  metadata: oneOf('off', 'fallback', 'prefer'),
};

/** The conditions of a section. A condition that is absent, or could not be read, holds for every port. */
export interface PortConditions {
  /** Name, UUID or pattern; absent: any guest. */
  readonly guest?: string;
  /** The interface's name on the host: the section's name, if no other key selects the interface. */
  readonly dev?: string;
  readonly mac?: string;
  readonly nic?: number;
  readonly alias?: string;
  readonly bridge?: string;
  readonly network?: string;
}

/** A section of vlan_filtering.conf, or a `<port>` of a guest's metadata. */
export interface PortRule {
  readonly label: string;
  /** In metadata, the line is the number of the `<port>` element, from 1. */
  readonly place: Place;
  readonly origin: 'conf' | 'metadata';
  readonly conditions: PortConditions;
  /** null: it has a problem, so its wish is unknown. */
  readonly wish: PortWish | null;
  readonly problems: readonly ConfProblem[];
}

/** Lines of a section that has lost its header. They concern the guests and interfaces that it may have been for. */
export interface LostSection {
  readonly conditions: PortConditions;
  readonly problems: readonly ConfProblem[];
}

/** Whether metadata counts, and which comes first if both conf and the guest's metadata match an interface. */
export type MetadataUse = 'off' | 'fallback' | 'prefer';

export interface VlanFilteringConf {
  /** In the order of the file. */
  readonly rules: readonly PortRule[];
  readonly metadata: MetadataUse;
  /** Problems that may hide a section: they concern every guest. */
  readonly hiding: readonly ConfProblem[];
  /** Lines before the first section; null: none. */
  readonly lost: LostSection | null;
  /** Problems of the line `metadata`: they concern guests that have metadata. */
  readonly ofMetadata: readonly ConfProblem[];
  /** All problems of the file, in its order; one that concerns no section now is a warning. */
  readonly problems: readonly ConfProblem[];
}

/** Conditions that make the section's name a label. */
const SELECTORS = ['mac', 'nic', 'alias', 'bridge', 'network'] as const;

type Values = SectionValues<typeof VLAN_FILTERING_KEYS>;

/** Reads vlan_filtering.conf. A section with problems becomes a rule without a wish, so that it still matches. */
export function readVlanFilteringConf(text: string, file: string): VlanFilteringConf {
  const conf = readSections(readIni(text, file), VLAN_FILTERING_KEYS, {
    skipsEmpty: true,
    ofFile: 'metadata',
    meanwhile: 'the ports that it concerns are not changed',
  });
  const rules = conf.sections.map((values) => toRule(values, file));
  return {
    rules,
    metadata: conf.defaults.get('metadata') ?? 'fallback',
    hiding: conf.hiding,
    lost: toLost(conf.orphans, conf.outside),
    ofMetadata: conf.outside.filter(({ key }) => mayMean(key, ['metadata'])),
    problems: inFileOrder([...conf.problems, ...rules.flatMap(({ problems }) => problems)]),
  };
}

function toRule(values: Values, file: string): PortRule {
  const { section } = values;
  const conditions = {
    ...readConditions(values),
    ...(mayBeLabel(values) ? {} : { dev: section.name }),
  };
  const { wish, problems } = readWish(values, file);
  const place = { file, line: section.line };
  return { label: section.name, place, origin: 'conf', conditions, wish, problems };
}

function toLost(orphans: Values | null, outside: readonly ConfProblem[]): LostSection | null {
  // `metadata` can only be a line of [DEFAULT].
  const problems = outside.filter(({ section, key }) => section === undefined && key !== 'metadata');
  return orphans === null || problems.length === 0 ? null : { conditions: readConditions(orphans), problems };
}

function readConditions(values: Values): Omit<PortConditions, 'dev'> {
  const conditions: Record<string, unknown> = {};
  for (const name of ['guest', ...SELECTORS] as const) {
    const value = values.get(name);
    if (value !== undefined) conditions[name] = value;
  }
  return conditions;
}

/** Whether the section's name is only a label: a key selects interfaces, or an unreadable line may be such a key. */
function mayBeLabel(values: Values): boolean {
  return (
    SELECTORS.some((name) => values.section.entries.has(name) || values.entry(name) !== undefined) ||
    values.problems.some(({ key }) => key !== undefined && mayMean(key, SELECTORS))
  );
}

/**
 * Whether a word may be one of these keys, misspelt or not like any key. undefined: the word is unknown.
 */
function mayMean(word: string | undefined, names: readonly string[]): boolean {
  if (word === undefined) return true;
  const meant = nearest(word, Object.keys(VLAN_FILTERING_KEYS));
  return meant === null || names.includes(meant);
}

function readWish(values: Values, file: string): { wish: PortWish | null; problems: readonly ConfProblem[] } {
  const { section } = values;
  const problems = [...values.problems];
  const wrong = (code: ProblemCode, key: string, message: string, hint: string): void => {
    const entry = section.entries.get(key) ?? values.entry(key as 'pvid');
    const at = {
      level: 'error',
      code,
      place: { file, line: entry?.line ?? section.line },
      section: section.name,
    } as const;
    problems.push({ ...at, key, ...(entry === undefined ? {} : { value: entry.value }), message, hint });
  };
  if (values.isOwn('metadata'))
    wrong('conflicting-keys', 'metadata', 'has no meaning in a section', 'Move the line to [DEFAULT].');
  for (const name of emptyConditions(values)) {
    const hint = 'Write the value, or remove the line.';
    wrong('empty-value', name, 'it is empty, so it does not say which interfaces the section matches', hint);
  }
  const wish = toWish({ get: (name) => values.get(name), isOwn: (name) => values.isOwn(name) });
  if ('fault' in wish) wrong('conflicting-keys', wish.fault.key, wish.fault.message, wish.fault.hint);
  return { wish: 'value' in wish && problems.length === 0 ? wish.value : null, problems };
}

/**
 * Conditions that the section has but leaves empty. Without them, it would match other interfaces, or those of every
 * guest. A section that is named after its interface needs no guest.
 */
function emptyConditions(values: Values): (keyof typeof VLAN_FILTERING_KEYS)[] {
  const { entries } = values.section;
  return (['guest', ...SELECTORS] as const).filter(
    (name) =>
      entries.has(name) && values.entry(name) === undefined && (name !== 'guest' || mayBeLabel(values)),
  );
}
