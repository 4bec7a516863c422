import type { Place } from '../types';
import type { ConfProblem } from './conf_problem';
import { nearest, readDefaults, readSections, type SectionValues } from './keys';
import { SELECTOR_KEYS, toWish, WISH_KEYS, type PortWish } from './port_keys';
import { readIni } from './read_ini';
import { oneOf, word } from './values';

/** The keys of vlan_filtering.conf. */
export const VLAN_FILTERING_KEYS = {
  guest: word("a guest's name or UUID, or a pattern with * ? [a-z]"),
  ...SELECTOR_KEYS,
  bridge: word("a bridge's name"),
  network: word("a libvirt network's name"),
  ...WISH_KEYS,
  metadata: oneOf('off', 'fallback', 'prefer'),
};

/** By what a section finds ports. A condition that is absent, or could not be read, holds for every port. */
export interface PortConditions {
  /** Name, UUID or pattern; absent: any guest. */
  readonly guest?: string;
  /** The interface's name on the host: the section's name, where nothing else is given. */
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
  /** Where it stands; in metadata the line is the element's place among its kind, from 1. */
  readonly place: Place;
  readonly origin: 'conf' | 'metadata';
  readonly conditions: PortConditions;
  /** null where it has a problem: what it asks for is not known. */
  readonly wish: PortWish | null;
  readonly problems: readonly ConfProblem[];
}

/** What counts first where both conf and the guest's metadata name an interface. */
export type MetadataUse = 'off' | 'fallback' | 'prefer';

export interface VlanFilteringConf {
  /** In the order of the file. */
  readonly rules: readonly PortRule[];
  readonly metadata: MetadataUse;
  /** Those that are in no rule: of [DEFAULT] and of lines outside of sections. They concern every guest. */
  readonly problems: readonly ConfProblem[];
}

/** Conditions that make the section's name a mere label. */
const SELECTORS = ['mac', 'nic', 'alias', 'bridge', 'network'] as const;

type Values = SectionValues<typeof VLAN_FILTERING_KEYS>;

/** Reads vlan_filtering.conf. Sections with problems become rules without a wish, so that they still match. */
export function readVlanFilteringConf(text: string, file: string): VlanFilteringConf {
  const ini = readIni(text, file);
  const defaults = readDefaults(ini, VLAN_FILTERING_KEYS);
  return {
    rules: readSections(ini, VLAN_FILTERING_KEYS).map((values) => toRule(values, file)),
    metadata: defaults.get('metadata') ?? 'fallback',
    problems: defaults.problems,
  };
}

function toRule(values: Values, file: string): PortRule {
  const { section } = values;
  const conditions: Record<string, unknown> = {};
  for (const name of ['guest', ...SELECTORS] as const) {
    const value = values.get(name);
    if (value !== undefined) conditions[name] = value;
  }
  if (!mayBeLabel(values)) conditions.dev = section.name;
  const { wish, problems } = readWish(values, file);
  const place = { file, line: section.line };
  return { label: section.name, place, origin: 'conf', conditions, wish, problems };
}

/** Whether a condition makes the section's name a label, or a line that cannot be read may have been such a one. */
function mayBeLabel(values: Values): boolean {
  if (SELECTORS.some((name) => values.entry(name) !== undefined)) return true;
  return values.problems.some(({ key }) => {
    if (key === undefined) return false;
    const meant = nearest(key, Object.keys(VLAN_FILTERING_KEYS));
    return meant === null || SELECTORS.some((name) => name === meant);
  });
}

function readWish(values: Values, file: string): { wish: PortWish | null; problems: readonly ConfProblem[] } {
  const { section } = values;
  const own = section.entries.get('metadata');
  const problems = [...values.problems];
  const wrong = (key: string, message: string, hint: string): void => {
    const entry = values.entry(key as 'pvid');
    const at = {
      level: 'error',
      place: { file, line: entry?.line ?? section.line },
      section: section.name,
    } as const;
    problems.push({ ...at, key, ...(entry === undefined ? {} : { value: entry.value }), message, hint });
  };
  if (own !== undefined) wrong('metadata', 'means nothing in a section', 'Move the line to [DEFAULT].');
  const wish = toWish({ get: (name) => values.get(name), isOwn: (name) => section.entries.has(name) });
  if ('fault' in wish) wrong(wish.fault.key, wish.fault.message, wish.fault.hint);
  return { wish: 'value' in wish && problems.length === 0 ? wish.value : null, problems };
}
