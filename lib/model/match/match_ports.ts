import type { ConfProblem } from '../conf/conf_problem';
import { cutText } from '../../text/cut_text';
import { readMetadataRules } from '../conf/metadata_conf';
import type { PortWish } from '../conf/port_keys';
import type { PortConditions, PortRule, VlanFilteringConf } from '../conf/vlan_filtering_conf';
import type { DomainInterface, MetadataPort, MetadataProblem } from '../guest/domain';
import type { Host } from '../host/host';
import { isGlob, matchesGlob } from '../../text/glob';
import { isUuid } from './is_uuid';
import { shadowedRules, type ShadowedRule } from './shadowed_rules';

/** A guest, as far as it is known: a guest named by hand may have no XML. */
export interface Guest {
  readonly name: string;
  readonly uuid: string | null;
  /** null: unknown. Ports are then found by sections that are named after them. */
  readonly interfaces: readonly DomainInterface[] | null;
  readonly metadata: readonly MetadataPort[] | null;
  /** Why its metadata cannot be read; null: it can. */
  readonly metadataProblem: MetadataProblem | null;
}

/** The wish for one port of a guest, and its source. */
export interface WantedPort {
  readonly guest: string;
  /** The port's name on the host. */
  readonly dev: string;
  /** null: the guest's XML is unknown. */
  readonly iface: DomainInterface | null;
  readonly rule: PortRule;
  readonly wish: PortWish;
}

export interface Match {
  readonly guest: string;
  readonly wanted: readonly WantedPort[];
  /** Problems that concern this guest: its ports must not be set until these are fixed. */
  readonly blocking: readonly ConfProblem[];
  /** Problems of other sections. */
  readonly others: readonly ConfProblem[];
  /** Interfaces that a rule matches but that have no tap on the host, so no port. */
  readonly withoutTap: readonly { readonly iface: DomainInterface; readonly rule: PortRule }[];
  /** Rules that name this guest but match none of its interfaces. */
  readonly unused: readonly PortRule[];
  /** Rules that name this guest and would match, but an earlier section or element already does. */
  readonly late: readonly { readonly rule: PortRule; readonly by: PortRule }[];
  /** Sections for this guest, among others, that can never match. */
  readonly shadowed: readonly ShadowedRule[];
  /** Interfaces that have a `<vlan>` and that no rule matches: they are left to libvirt. */
  readonly leftToLibvirt: readonly DomainInterface[];
}

/**
 * Finds for each interface of a guest the first rule that matches it: sections in file order, then the guest's own
 * metadata, or with `metadata = prefer` the metadata first.
 */
export function matchPorts(conf: VlanFilteringConf, guest: Guest): Match {
  const { sections, own, rules } = rulesForGuest(conf, guest);
  const broken = [
    ...conf.rules.filter(({ wish }) => wish === null),
    ...own.filter(({ wish }) => wish === null),
  ];
  // Metadata that comes after sections only counts for the interfaces that they do not match.
  const left = conf.metadata === 'prefer' ? guest.interfaces : withoutRule(guest.interfaces, sections);
  const tried = new Set(rules);
  const concerning = new Set(
    broken.filter(
      (rule) => tried.has(rule) && (rule.origin === 'conf' ? concerns(rule, guest) : mayMean(rule, left)),
    ),
  );

  const blocking = [
    ...conf.hiding,
    ...(conf.lost !== null && mayConcern(conf.lost.conditions, guest) ? conf.lost.problems : []),
    ...(own.length > 0 ? conf.ofMetadata : []),
    ...[...concerning].flatMap(({ problems }) => problems),
  ];
  const wanted: WantedPort[] = [];
  const withoutTap: { iface: DomainInterface; rule: PortRule }[] = [];
  const leftToLibvirt: DomainInterface[] = [];
  const used = new Set<PortRule>();
  const firsts = new Map<DomainInterface, PortRule>();
  for (const iface of guest.interfaces ?? []) {
    const rule = rules.find(({ conditions }) => matchesInterface(conditions, iface));
    if (rule === undefined) {
      if (iface.libvirtVlan) leftToLibvirt.push(iface);
      continue;
    }
    used.add(rule);
    firsts.set(iface, rule);
    if (iface.dev === null || !iface.hasTap) withoutTap.push({ iface, rule });
    else if (rule.wish !== null)
      wanted.push({ guest: guest.name, dev: iface.dev, iface, rule, wish: rule.wish });
  }
  for (const rule of guest.interfaces === null ? sections : []) {
    const { dev, guest: name } = rule.conditions;
    if (rule.wish === null || dev === undefined || name === undefined || isGlob(name)) continue;
    used.add(rule);
    wanted.push({ guest: guest.name, dev, iface: null, rule, wish: rule.wish });
  }
  blocking.push(...withoutNumber(guest, rules, used));
  const isBlocking = new Set(blocking);
  const idle = rules.filter((rule) => !used.has(rule) && isForThis(rule, guest));
  const inTheWay = idle.map((rule) => {
    const iface = guest.interfaces?.find((one) => matchesInterface(rule.conditions, one));
    return iface && firsts.get(iface);
  });
  return {
    guest: guest.name,
    wanted,
    blocking,
    others: [...conf.problems, ...own.flatMap(({ problems }) => problems)].filter(
      (one) => !isBlocking.has(one),
    ),
    withoutTap,
    unused: idle.filter((_, index) => inTheWay[index] === undefined),
    late: idle.flatMap((rule, index) => {
      const by = inTheWay[index];
      return by === undefined || by.origin !== rule.origin ? [] : [{ rule, by }];
    }),
    shadowed: shadowedRules(conf.rules).filter(({ rule }) => isForGuest(rule.conditions, guest)),
    leftToLibvirt,
  };
}

/** The ports to set: those of guests without a blocking problem. */
export function wantedPorts(matches: readonly Match[]): WantedPort[] {
  return matches.filter(({ blocking }) => blocking.length === 0).flatMap((match) => match.wanted);
}

/** A guest with the bridges of its taps from the kernel, if its XML names none (type ethernet). */
export function withKernelBridges(guest: Guest, { ports }: Host): Guest {
  const interfaces = guest.interfaces?.map((iface) => {
    const bridge = iface.dev === null || !iface.hasTap ? undefined : ports.get(iface.dev)?.bridge;
    return iface.bridge === null && bridge !== undefined ? { ...iface, bridge } : iface;
  });
  return { ...guest, interfaces: interfaces ?? null };
}

/** The rules for a guest's interfaces: sections, its own metadata, and both in order of precedence. */
export function rulesForGuest(
  conf: VlanFilteringConf,
  guest: Guest,
): { sections: readonly PortRule[]; own: readonly PortRule[]; rules: readonly PortRule[] } {
  const sections = conf.rules.filter(({ conditions }) => isForGuest(conditions, guest));
  const own =
    conf.metadata === 'off' ? [] : readMetadataRules(guest.name, guest.metadata ?? [], guest.metadataProblem);
  return { sections, own, rules: conf.metadata === 'prefer' ? [...own, ...sections] : [...sections, ...own] };
}

/** A value that looks like a UUID is one: a guest must not get another guest's VLANs by using its UUID as a name. */
function isForGuest({ guest: pattern }: PortConditions, { name, uuid }: Guest): boolean {
  if (pattern === undefined) return true;
  return isUuid(pattern) ? pattern.toLowerCase() === uuid : matchesGlob(pattern, name);
}

function isForThis({ conditions: { guest }, origin }: PortRule, { name, uuid }: Guest): boolean {
  if (origin === 'metadata' || guest === undefined) return origin === 'metadata';
  return isUuid(guest) ? guest.toLowerCase() === uuid : guest === name;
}

/**
 * Rules with a `nic` that no interface has, but that is the place of an interface with a user alias (`ua-…`), which has
 * no number. Without this error, that interface would silently get another rule's VLANs, or none.
 */
function withoutNumber(guest: Guest, rules: readonly PortRule[], used: ReadonlySet<PortRule>): ConfProblem[] {
  return (guest.interfaces ?? []).flatMap((iface): ConfProblem[] => {
    if (iface.nic !== null || iface.alias === null || !iface.hasTap) return [];
    const byPlace = { ...iface, nic: iface.place };
    const rule = rules.find(({ conditions }) => matchesInterface(conditions, byPlace));
    if (rule?.conditions.nic === undefined || used.has(rule)) return [];
    const { place, label } = rule;
    const alias = cutText(iface.alias);
    const message = `no interface of guest ${guest.name} has this number; the interface at this place has the alias ${alias}`;
    const hint = `Use \`alias = ${alias}\` or \`mac\`: libvirt does not number interfaces with an alias of your own.`;
    const at = { level: 'error', code: 'nic-without-number', place, section: label, key: 'nic' } as const;
    return [{ ...at, value: String(iface.place), message, hint }];
  });
}

/** The interfaces that no rule matches. */
function withoutRule(
  interfaces: readonly DomainInterface[] | null,
  rules: readonly PortRule[],
): readonly DomainInterface[] | null {
  return (
    interfaces?.filter((iface) => !rules.some(({ conditions }) => matchesInterface(conditions, iface))) ??
    null
  );
}

/** Whether metadata that cannot be read may be for one of these interfaces. If in doubt, it is. */
function mayMean({ conditions }: PortRule, interfaces: readonly DomainInterface[] | null): boolean {
  return interfaces?.some((iface) => matchesInterface(conditions, iface)) ?? true;
}

/** Whether a rule that cannot be read may be for this guest. If in doubt, it is. */
function concerns(rule: PortRule, guest: Guest): boolean {
  if (guest.interfaces === null || isForThis(rule, guest)) return true;
  return guest.interfaces.some((iface) => matchesInterface(rule.conditions, iface));
}

/** Whether a section that has lost its header may have been for this guest. If in doubt, it was. */
function mayConcern(conditions: PortConditions, guest: Guest): boolean {
  if (!isForGuest(conditions, guest)) return false;
  return guest.interfaces?.some((iface) => matchesInterface(conditions, iface)) ?? true;
}

/** The bridge that a port should be in, by its section or the guest's XML; null: neither names one. */
export function expectedBridge({ rule, iface }: Pick<WantedPort, 'rule' | 'iface'>): string | null {
  return rule.conditions.bridge ?? iface?.bridge ?? null;
}

/** Whether all conditions except the guest hold for an interface. */
export function matchesInterface(conditions: PortConditions, iface: DomainInterface): boolean {
  return (
    isMet(conditions.dev, iface.dev) &&
    isMet(conditions.mac, iface.mac) &&
    isMet(conditions.nic, iface.nic) &&
    isMet(conditions.alias, iface.alias) &&
    isMet(conditions.bridge, iface.bridge) &&
    isMet(conditions.network, iface.network)
  );
}

function isMet<T>(wanted: T | undefined, is: T | null): boolean {
  return wanted === undefined || wanted === is;
}
