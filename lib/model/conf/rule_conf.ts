import type { LostSection, Conditions, Rule, RuleConf } from '../match/rule';
import type { ConfProblem } from './conf_problem';
import { inFileOrder } from './in_file_order';
import { nearest, type Keys, type Parsed, type ValueOf } from './keys';
import { conflictingKeys, emptyCondition, metadataInSection, type Where, type WishFault } from './problems';
import { SELECTOR_KEYS } from './selector_keys';
import { readIni } from './read_ini';
import type { SectionValues } from './read_section';
import { readSections } from './read_sections';
import { oneOf, word } from './values';

/** Which interfaces a section is for. */
const CONDITION_KEYS = {
  guest: { ...word("a guest's name or UUID, or a pattern with * ? [a-z]"), isPattern: true as const },
  ...SELECTOR_KEYS,
  bridge: word("a bridge's name"),
  network: word("a libvirt network's name"),
};

/** Whether the guest's metadata counts. */
const METADATA_KEY = { metadata: oneOf('off', 'fallback', 'prefer') };

/** All keys of a file of rules, in the order in which they are shown. */
export function ruleKeys<K extends Keys>(wish: K): typeof CONDITION_KEYS & K & typeof METADATA_KEY {
  return { ...CONDITION_KEYS, ...wish, ...METADATA_KEY };
}

/** The keys of a wish that are given, in a section or in metadata. */
export interface WishValues<K extends Keys> {
  get<N extends keyof K & string>(name: N): ValueOf<K[N]> | undefined;
  /** Whether the key is given here, not inherited from [DEFAULT]. */
  isOwn(name: keyof K & string): boolean;
}

/** What the sections of a kind of file wish for. */
export interface WishKind<K extends Keys, W> {
  readonly keys: K;
  /** The wish of the given keys, or why they contradict each other. */
  readonly toWish: (values: WishValues<K>) => Parsed<W> | { readonly fault: WishFault };
  /** What happens until a wrong value is corrected. */
  readonly meanwhile: string;
}

/** Conditions that make the section's name a label. */
const SELECTORS = ['mac', 'nic', 'alias', 'bridge', 'network'] as const;

type Values = SectionValues<typeof CONDITION_KEYS & typeof METADATA_KEY>;

/** Reads a file of rules. A section with problems becomes a rule without a wish, so that it still matches. */
export function readRuleConf<K extends Keys, W>(
  text: string,
  file: string,
  kind: WishKind<K, W>,
): { readonly conf: RuleConf<W>; readonly defaults: WishValues<K> } {
  const keys = ruleKeys(kind.keys);
  const { meanwhile } = kind;
  const read = readSections(readIni(text, file), keys, { skipsEmpty: true, ofFile: 'metadata', meanwhile });
  const names = Object.keys(keys);
  const rules = read.sections.map((values) => toRule(values as Values & WishValues<K>, file, kind, names));
  const conf = {
    rules,
    metadata: (read.defaults as Values).get('metadata') ?? 'fallback',
    hiding: read.hiding,
    lost: toLost(read.orphans, read.outside),
    ofMetadata: read.outside.filter(({ key }) => mayMean(key, ['metadata'], names)),
    problems: inFileOrder([...read.problems, ...rules.flatMap(({ problems }) => problems)]),
  };
  return { conf, defaults: read.defaults };
}

function toRule<K extends Keys, W>(
  values: Values & WishValues<K>,
  file: string,
  kind: WishKind<K, W>,
  names: readonly string[],
): Rule<W> {
  const { section } = values;
  const isLabel = mayBeLabel(values, names);
  const conditions = { ...readConditions(values), ...(isLabel ? {} : { dev: section.name }) };
  const { wish, problems } = readWish(values, file, kind, isLabel);
  const place = { file, line: section.line };
  return { label: section.name, place, origin: 'conf', conditions, wish, problems };
}

function toLost(orphans: Values | null, outside: readonly ConfProblem[]): LostSection | null {
  // `metadata` can only be a line of [DEFAULT].
  const problems = outside.filter(({ section, key }) => section === undefined && key !== 'metadata');
  return orphans === null || problems.length === 0 ? null : { conditions: readConditions(orphans), problems };
}

function readConditions(values: Values): Omit<Conditions, 'dev'> {
  const conditions: Record<string, unknown> = {};
  for (const name of ['guest', ...SELECTORS] as const) {
    const value = values.get(name);
    if (value !== undefined) conditions[name] = value;
  }
  return conditions;
}

/** Whether the section's name is only a label: a key selects interfaces, or an unreadable line may be such a key. */
function mayBeLabel(values: Values, names: readonly string[]): boolean {
  return (
    SELECTORS.some((name) => values.section.entries.has(name) || values.entry(name) !== undefined) ||
    values.problems.some(({ key }) => key !== undefined && mayMean(key, SELECTORS, names))
  );
}

/**
 * Whether a word may be one of these keys, misspelt or not like any key. undefined: the word is unknown.
 *
 * @param names all keys
 */
function mayMean(word: string | undefined, keys: readonly string[], names: readonly string[]): boolean {
  if (word === undefined) return true;
  const meant = nearest(word, names);
  return meant === null || keys.includes(meant);
}

function readWish<K extends Keys, W>(
  values: Values & WishValues<K>,
  file: string,
  { toWish }: WishKind<K, W>,
  isLabel: boolean,
): { wish: W | null; problems: readonly ConfProblem[] } {
  const { section } = values;
  const at = (key: string): Where => {
    const entry = section.entries.get(key) ?? values.entry(key as 'guest');
    const place = { file, line: entry?.line ?? section.line };
    return { place, section: section.name, key, ...(entry === undefined ? {} : { value: entry.value }) };
  };
  const problems = [
    ...values.problems,
    ...(values.isOwn('metadata') ? [metadataInSection(at('metadata'))] : []),
    ...emptyConditions(values, isLabel).map((name) => emptyCondition(at(name))),
  ];
  const wish = toWish(values);
  // A value that cannot be read is reported already, not as missing, too.
  if ('fault' in wish && !problems.some(({ key }) => key === wish.fault.key))
    problems.push(conflictingKeys(at(wish.fault.key), wish.fault));
  return { wish: 'value' in wish && problems.length === 0 ? wish.value : null, problems };
}

/**
 * Conditions that the section has but leaves empty. Without them, it would match other interfaces, or those of every
 * guest. A section that is named after its interface needs no guest.
 */
function emptyConditions(values: Values, isLabel: boolean): (keyof typeof CONDITION_KEYS)[] {
  const { entries } = values.section;
  return (['guest', ...SELECTORS] as const).filter(
    (name) => entries.has(name) && values.entry(name) === undefined && (name !== 'guest' || isLabel),
  );
}
