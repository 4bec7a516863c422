import type { Place, PortVlans, Vid } from '../types';
import { portVlans } from '../vlan/port_vlans';
import type { AutoTrunk } from '../vlan/auto_trunk';
import type { VlanProtocol } from '../vlan/host';
import type { ConfProblem } from './conf_problem';
import { readDefaults, readSections, type SectionValues } from './keys';
import { readIni } from './read_ini';
import type { Key } from './keys';
import { oneOf, vidList, vidOrNone, words, yesOrNo } from './values';

/** A list of VIDs, or `auto`. */
const vidListOrAuto: Key<ReadonlySet<Vid> | 'auto'> = {
  allowed: `auto, or ${vidList.allowed}`,
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

/** What one section of bridge_init.conf asks of a bridge; an absent part is left alone. */
export interface BridgeRule {
  readonly bridge: string;
  readonly place: Place;
  readonly trunkPorts: readonly string[];
  readonly trunk?: PortVlans;
  /** Instead of `trunk`: the trunk carries what is needed. */
  readonly autoTrunk?: AutoTrunk;
  readonly own?: PortVlans;
  readonly filtering: boolean;
  readonly protocol?: VlanProtocol;
  readonly defaultPvid?: Vid | null;
  /** The host's own addresses on the bridge need reach no uplink. */
  readonly allowCutOff: boolean;
}

export interface BridgeInitConf {
  readonly rules: readonly BridgeRule[];
  readonly problems: readonly ConfProblem[];
}

const DEFAULT_PVID = 1 as Vid;

/** Reads bridge_init.conf. A section with a problem yields no rule. */
export function readBridgeInitConf(text: string, file: string): BridgeInitConf {
  const ini = readIni(text, file);
  const rules: BridgeRule[] = [];
  const problems = [...readDefaults(ini, BRIDGE_INIT_KEYS).problems];
  for (const values of readSections(ini, BRIDGE_INIT_KEYS)) {
    const own = [
      ...values.problems,
      ...trunkKeysWithoutPort(values, file),
      ...alwaysWithoutAuto(values, file),
    ];
    if (own.length === 0) rules.push(toRule(values, file));
    problems.push(...own.filter((problem) => problem.section === values.section.name));
  }
  // Two sections of one name share their problems.
  return { rules, problems: [...new Set(problems)] };
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
  const { section } = values;
  if (values.entry('trunk-port') !== undefined) return [];
  return (['trunk-pvid', 'trunk-tags', 'trunk-tags-always'] as const).flatMap((key) => {
    const found = section.entries.get(key);
    if (found === undefined) return [];
    const at = { level: 'error', place: { file, line: found.line }, section: section.name, key } as const;
    const message = 'the section names no trunk-port';
    return [
      { ...at, value: found.value, message, hint: 'Add `trunk-port = <interface>` or remove the line.' },
    ];
  });
}

function alwaysWithoutAuto(values: Values, file: string): ConfProblem[] {
  const { section } = values;
  const key = 'trunk-tags-always';
  const found = section.entries.get(key);
  if (found === undefined || values.get('trunk-tags') === 'auto') return [];
  const at = { level: 'error', place: { file, line: found.line }, section: section.name, key } as const;
  const hint = 'Add the VLANs to trunk-tags, or say `trunk-tags = auto`.';
  return [{ ...at, value: found.value, message: 'means nothing without trunk-tags = auto', hint }];
}
