import type { Place } from '../problem';
import type { AutoTrunk } from '../vlan/auto_trunk';
import type { VlanProtocol } from '../host/host';
import { portVlans, type PortVlans } from '../vlan/port_vlans';
import type { Vid } from '../vlan/vid';
import type { ConfProblem } from './conf_problem';
import { inFileOrder } from './in_file_order';
import type { Key } from './keys';
import { alwaysWithoutAuto, noTrunkPort, type Where } from './problems';
import { readIni } from './read_ini';
import type { SectionValues } from './read_section';
import { readSections } from './read_sections';
import { oneOf, vidList, vidOrNone, words, yesOrNo } from './values';

/** A list of VIDs, or `auto`. */
const vidListOrAuto: Key<ReadonlySet<Vid> | 'auto'> = {
  allowed: `auto, or ${vidList.allowed}`,
  isList: true,
  parse: (text) => (text.toLowerCase() === 'auto' ? { value: 'auto' } : vidList.parse(text)),
};

/** The keys of bridge_init.conf. */
export const BRIDGE_INIT_KEYS = {
  'trunk-port': words('names of interfaces, separated by spaces or commas'),
  'trunk-pvid': vidOrNone,
  'trunk-tags': vidListOrAuto,
  'trunk-tags-always': vidList,
  'br-pvid': vidOrNone,
  'br-tags': vidList,
  'vlan-filtering': yesOrNo,
  'vlan-protocol': oneOf('802.1Q', '802.1ad'),
  'default-pvid': vidOrNone,
  'allow-cut-off': yesOrNo,
};

/** What one section of bridge_init.conf wants of a bridge; an absent part is not changed. */
export interface BridgeRule {
  readonly bridge: string;
  readonly place: Place;
  readonly trunkPorts: readonly string[];
  readonly trunk?: PortVlans;
  /** Instead of `trunk`: an automatic trunk. */
  readonly autoTrunk?: AutoTrunk;
  readonly own?: PortVlans;
  readonly filtering: boolean;
  readonly protocol?: VlanProtocol;
  readonly defaultPvid?: Vid | null;
  /** The host's addresses on the bridge do not need to reach an uplink. */
  readonly allowCutOff: boolean;
}

export interface BridgeInitConf {
  /** The sections without a problem, in the order of the file. */
  readonly rules: readonly BridgeRule[];
  /** The file may hide a section, because a header is broken: the rules may then be incomplete. */
  readonly mayHide: boolean;
  /** All problems of the file, in its order; one that concerns no section now is a warning. */
  readonly problems: readonly ConfProblem[];
}

const DEFAULT_PVID = 1 as Vid;

/** Reads bridge_init.conf. A section with a problem, an inherited one included, yields no rule. */
export function readBridgeInitConf(text: string, file: string): BridgeInitConf {
  const { sections, hiding, problems } = readSections(readIni(text, file), BRIDGE_INIT_KEYS, {
    skipsEmpty: true,
    meanwhile: 'the bridges that it concerns are not changed',
  });
  const read = sections.map((values) => ({
    values,
    wrong: [...values.problems, ...trunkKeysWithoutPort(values, file), ...unusedAlways(values, file)],
  }));
  return {
    rules: read.flatMap(({ values, wrong }) => (wrong.length === 0 ? [toRule(values, file)] : [])),
    mayHide: hiding.length > 0,
    problems: inFileOrder([...problems, ...read.flatMap(({ wrong }) => wrong)]),
  };
}

type Values = SectionValues<typeof BRIDGE_INIT_KEYS>;

function toRule(values: Values, file: string): BridgeRule {
  const isGiven = (...keys: (keyof typeof BRIDGE_INIT_KEYS)[]): boolean =>
    keys.some((key) => values.entry(key) !== undefined);
  const tags = values.get('trunk-tags');
  const pvid = orDefault(values.get('trunk-pvid'));
  const own = portVlans({ pvid: orDefault(values.get('br-pvid')), tagged: values.get('br-tags') ?? [] });
  const protocol = values.get('vlan-protocol');
  const defaultPvid = values.get('default-pvid');
  return {
    bridge: values.section.name,
    place: { file, line: values.section.line },
    trunkPorts: values.get('trunk-port') ?? [],
    filtering: values.get('vlan-filtering') ?? true,
    allowCutOff: values.get('allow-cut-off') ?? false,
    ...(tags === 'auto' ? { autoTrunk: { pvid, always: values.get('trunk-tags-always') ?? new Set() } } : {}),
    ...(tags !== 'auto' && isGiven('trunk-pvid', 'trunk-tags')
      ? { trunk: portVlans({ pvid, tagged: tags ?? [] }) }
      : {}),
    ...(isGiven('br-pvid', 'br-tags') ? { own } : {}),
    ...(protocol === undefined ? {} : { protocol }),
    ...(defaultPvid === undefined ? {} : { defaultPvid }),
  };
}

function orDefault(vid: Vid | null | undefined): Vid | null {
  return vid === undefined ? DEFAULT_PVID : vid;
}

function trunkKeysWithoutPort(values: Values, file: string): ConfProblem[] {
  if ((values.entry('trunk-port')?.value ?? '') !== '') return [];
  const keys = ['trunk-pvid', 'trunk-tags', 'trunk-tags-always'] as const;
  return keys.flatMap((key) => whereOwn(values, key, file)).map(noTrunkPort);
}

function unusedAlways(values: Values, file: string): ConfProblem[] {
  if (values.get('trunk-tags') === 'auto') return [];
  return whereOwn(values, 'trunk-tags-always', file).map(alwaysWithoutAuto);
}

/** Where the section itself sets the key: an inherited one is ignored. */
function whereOwn(values: Values, key: keyof typeof BRIDGE_INIT_KEYS, file: string): Where[] {
  const { section } = values;
  const found = section.entries.get(key);
  if (found === undefined || !values.isOwn(key)) return [];
  return [{ place: { file, line: found.line }, section: section.name, key, value: found.value }];
}
