import { isGlob, matchesGlob } from '../../text/glob';
import type { ConfProblem } from '../conf/conf_problem';
import type { DomainInterface } from '../guest/domain';
import { isUuid } from './is_uuid';
import { nicWithoutNumber } from './problems';
import type { Conditions, Rule, RuleConf } from './rule';
import { shadowedRules, type ShadowedRule } from './shadowed_rules';

/** A guest whose interfaces rules are for. */
export interface MatchedGuest {
  readonly name: string;
  readonly uuid: string | null;
  /** null: unknown. Interfaces are then found by sections that are named after them. */
  readonly interfaces: readonly DomainInterface[] | null;
}

/** The rules for a guest's interfaces: sections, its own metadata, and both in order of precedence. */
export interface RulesForGuest<W> {
  readonly sections: readonly Rule<W>[];
  readonly own: readonly Rule<W>[];
  readonly rules: readonly Rule<W>[];
}

/** The wish for one interface of a guest, and its source. */
export interface Wanted<W> {
  readonly guest: string;
  /** The interface's name on the host. */
  readonly dev: string;
  /** null: the guest's XML is unknown. */
  readonly iface: DomainInterface | null;
  readonly rule: Rule<W>;
  readonly wish: W;
}

export interface RuleMatch<W> {
  readonly guest: string;
  readonly wanted: readonly Wanted<W>[];
  /** Problems that concern this guest: its interfaces must not be set until these are fixed. */
  readonly blocking: readonly ConfProblem[];
  /** Problems of other sections. */
  readonly others: readonly ConfProblem[];
  /** Interfaces that a rule matches but that cannot have what it wishes. */
  readonly unfit: readonly { readonly iface: DomainInterface; readonly rule: Rule<W> }[];
  /** Rules that name this guest but match none of its interfaces. */
  readonly unused: readonly Rule<W>[];
  /** Rules that name this guest and would match, but an earlier section or element already does. */
  readonly late: readonly { readonly rule: Rule<W>; readonly by: Rule<W> }[];
  /** Sections for this guest, among others, that can never match. */
  readonly shadowed: readonly ShadowedRule<W>[];
  /** Interfaces that no rule matches. */
  readonly unmatched: readonly DomainInterface[];
}

/** @param own the rules of the guest's metadata; they do not count with `metadata = off` */
export function rulesForGuest<W>(
  conf: RuleConf<W>,
  guest: MatchedGuest,
  own: readonly Rule<W>[],
): RulesForGuest<W> {
  const sections = conf.rules.filter(({ conditions }) => isForGuest(conditions, guest));
  const rules = conf.metadata === 'prefer' ? [...own, ...sections] : [...sections, ...own];
  return { sections, own, rules };
}

/**
 * Finds for each interface of a guest the first rule that matches it: sections in file order, then the guest's own
 * metadata, or with `metadata = prefer` the metadata first.
 *
 * @param isFit whether an interface can have what rules of this kind wish
 */
export function matchRules<W>(
  conf: RuleConf<W>,
  guest: MatchedGuest,
  { sections, own, rules }: RulesForGuest<W>,
  isFit: (iface: DomainInterface & { readonly dev: string }) => boolean,
): RuleMatch<W> {
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
  const wanted: Wanted<W>[] = [];
  const unfit: { iface: DomainInterface; rule: Rule<W> }[] = [];
  const unmatched: DomainInterface[] = [];
  const used = new Set<Rule<W>>();
  const firsts = new Map<DomainInterface, Rule<W>>();
  for (const iface of guest.interfaces ?? []) {
    const rule = rules.find(({ conditions }) => matchesInterface(conditions, iface));
    if (rule === undefined) {
      unmatched.push(iface);
      continue;
    }
    used.add(rule);
    firsts.set(iface, rule);
    const { dev } = iface;
    if (dev === null || !isFit({ ...iface, dev })) unfit.push({ iface, rule });
    else if (rule.wish !== null) wanted.push({ guest: guest.name, dev, iface, rule, wish: rule.wish });
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
    unfit,
    unused: idle.filter((_, index) => inTheWay[index] === undefined),
    late: idle.flatMap((rule, index) => {
      const by = inTheWay[index];
      return by === undefined || by.origin !== rule.origin ? [] : [{ rule, by }];
    }),
    shadowed: shadowedRules(conf.rules).filter(({ rule }) => isForGuest(rule.conditions, guest)),
    unmatched,
  };
}

/** A value that looks like a UUID is one: a guest must not get another guest's VLANs by using its UUID as a name. */
function isForGuest({ guest: pattern }: Conditions, { name, uuid }: MatchedGuest): boolean {
  if (pattern === undefined) return true;
  return isUuid(pattern) ? pattern.toLowerCase() === uuid : matchesGlob(pattern, name);
}

function isForThis({ conditions: { guest }, origin }: Rule<unknown>, { name, uuid }: MatchedGuest): boolean {
  if (origin === 'metadata' || guest === undefined) return origin === 'metadata';
  return isUuid(guest) ? guest.toLowerCase() === uuid : guest === name;
}

/**
 * Rules with a `nic` that no interface has, but that is the place of an interface with a user alias (`ua-…`), which has
 * no number. Without this error, that interface would silently get another rule's VLANs, or none.
 */
function withoutNumber(
  guest: MatchedGuest,
  rules: readonly Rule<unknown>[],
  used: ReadonlySet<Rule<unknown>>,
): ConfProblem[] {
  return (guest.interfaces ?? []).flatMap((iface): ConfProblem[] => {
    const { alias, place } = iface;
    if (iface.nic !== null || alias === null || !iface.hasTap) return [];
    const byPlace = { ...iface, nic: place };
    const rule = rules.find(({ conditions }) => matchesInterface(conditions, byPlace));
    if (rule?.conditions.nic === undefined || used.has(rule)) return [];
    return [nicWithoutNumber(rule, guest.name, { place, alias })];
  });
}

/** The interfaces that no rule matches. */
function withoutRule(
  interfaces: readonly DomainInterface[] | null,
  rules: readonly Rule<unknown>[],
): readonly DomainInterface[] | null {
  return (
    interfaces?.filter((iface) => !rules.some(({ conditions }) => matchesInterface(conditions, iface))) ??
    null
  );
}

/** Whether metadata that cannot be read may be for one of these interfaces. If in doubt, it is. */
function mayMean({ conditions }: Rule<unknown>, interfaces: readonly DomainInterface[] | null): boolean {
  return interfaces?.some((iface) => matchesInterface(conditions, iface)) ?? true;
}

/** Whether a rule that cannot be read may be for this guest. If in doubt, it is. */
function concerns(rule: Rule<unknown>, guest: MatchedGuest): boolean {
  if (guest.interfaces === null || isForThis(rule, guest)) return true;
  return guest.interfaces.some((iface) => matchesInterface(rule.conditions, iface));
}

/** Whether a section that has lost its header may have been for this guest. If in doubt, it was. */
function mayConcern(conditions: Conditions, guest: MatchedGuest): boolean {
  if (!isForGuest(conditions, guest)) return false;
  return guest.interfaces?.some((iface) => matchesInterface(conditions, iface)) ?? true;
}

/** Whether all conditions except the guest hold for an interface. */
export function matchesInterface(conditions: Conditions, iface: DomainInterface): boolean {
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
