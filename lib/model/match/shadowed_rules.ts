import type { PortConditions, PortRule } from '../conf/vlan_filtering_conf';
import { isGlob, matchesGlob } from '../../text/glob';
import { isUuid } from './is_uuid';

/** A section that can never match, as an earlier one matches whatever it would. */
export interface ShadowedRule {
  readonly rule: PortRule;
  readonly by: PortRule;
}

/** All that is asked of an interface, the guest's name aside. */
type Others = Omit<PortConditions, 'guest'>;

/** Rules that ask the same of an interface, by the guests they are for. A rule's number is its place among all. */
interface Alike {
  readonly byGuest: Map<string, number>;
  readonly globs: [pattern: string, number: number][];
  /** The first that is for any guest. */
  any: number | null;
}

const known = new WeakMap<readonly PortRule[], ShadowedRule[]>();

/**
 * The sections of a conf that can never match, in its order. What a broken one matches is not known: it covers none.
 * Each of hundreds of guests asks it of the same conf, so it is found once, and without comparing all with all.
 */
export function shadowedRules(rules: readonly PortRule[]): ShadowedRule[] {
  let found = known.get(rules);
  if (found === undefined) known.set(rules, (found = findShadowed(rules)));
  return found;
}

function findShadowed(rules: readonly PortRule[]): ShadowedRule[] {
  const before = new Map<string, Alike>();
  return rules.flatMap((rule, number): ShadowedRule[] => {
    const { guest, ...others } = rule.conditions;
    const by = Math.min(
      ...subsets(others).map((wide) => firstFor(guest, before.get(keyOf(wide))) ?? Infinity),
    );
    if (rule.wish !== null) remember(before, others, guest, number);
    const covering = rules[by];
    return covering === undefined ? [] : [{ rule, by: covering }];
  });
}

/** A rule covers another where it asks for a part of the same: all parts of what is asked. */
function subsets(others: Others): Partial<Others>[] {
  let all: Partial<Others>[] = [{}];
  for (const [name, value] of Object.entries(others).sort())
    all = all.flatMap((part) => [part, { ...part, [name]: value }]);
  return all;
}

function keyOf(others: Partial<Others>): string {
  return JSON.stringify(Object.entries(others).sort());
}

function remember(
  before: Map<string, Alike>,
  others: Others,
  guest: string | undefined,
  number: number,
): void {
  const key = keyOf(others);
  const alike = before.get(key) ?? { byGuest: new Map<string, number>(), globs: [], any: null };
  before.set(key, alike);
  if (guest === undefined || guest === '*') alike.any ??= number;
  else if (!alike.byGuest.has(guest)) {
    alike.byGuest.set(guest, number);
    if (isGlob(guest)) alike.globs.push([guest, number]);
  }
}

/** The first of these that is for all guests that `guest` is for. May say none where there is one, never one where not. */
function firstFor(guest: string | undefined, alike: Alike | undefined): number | null {
  if (alike === undefined) return null;
  const fitting = [
    alike.any,
    guest === undefined ? null : alike.byGuest.get(guest),
    ...alike.globs.map(([pattern, number]) => (coversGuest(pattern, guest) ? number : null)),
  ].filter((number) => typeof number === 'number');
  return fitting.length === 0 ? null : Math.min(...fitting);
}

/** A section may name a guest by its UUID; a pattern that matches the UUID's text says nothing of the name. */
function coversGuest(wide: string, narrow: string | undefined): boolean {
  if (narrow === undefined) return false;
  return !isGlob(narrow) && !isUuid(narrow) && matchesGlob(wide, narrow);
}
