import { isGlob, matchesGlob } from '../../text/glob';
import { isUuid } from './is_uuid';
import type { Conditions, Rule } from './rule';

/** A section that can never match, because an earlier one matches everything that it could match. */
export interface ShadowedRule<W> {
  readonly rule: Rule<W>;
  readonly by: Rule<W>;
}

/** All conditions except the guest. */
type Others = Omit<Conditions, 'guest'>;

/** Rules with the same conditions, by the guests that they are for. A rule's number is its place among all rules. */
interface Alike {
  readonly byGuest: Map<string, number>;
  readonly globs: [pattern: string, number: number][];
  /** The first rule that is for any guest. */
  any: number | null;
}

const known = new WeakMap<readonly Rule<unknown>[], ShadowedRule<unknown>[]>();

/**
 * The sections of a conf that can never match, in its order. It is unknown what a broken section matches, so it covers
 * none. Hundreds of guests need this for the same conf, so it is computed once, without comparing all sections with all
 * others.
 */
export function shadowedRules<W>(rules: readonly Rule<W>[]): ShadowedRule<W>[] {
  let found = known.get(rules) as ShadowedRule<W>[] | undefined;
  if (found === undefined) known.set(rules, (found = findShadowed(rules)));
  return found;
}

function findShadowed<W>(rules: readonly Rule<W>[]): ShadowedRule<W>[] {
  const before = new Map<string, Alike>();
  return rules.flatMap((rule, number): ShadowedRule<W>[] => {
    const { guest, ...others } = rule.conditions;
    const by = Math.min(
      ...subsets(others).map((wide) => firstFor(guest, before.get(keyOf(wide))) ?? Infinity),
    );
    if (rule.wish !== null) remember(before, others, guest, number);
    const covering = rules[by];
    return covering === undefined ? [] : [{ rule, by: covering }];
  });
}

/** A rule covers another if it has a subset of its conditions: all subsets of these. */
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

/**
 * The first of these that is for all guests that `guest` is for. May miss one, but never returns a wrong one.
 */
function firstFor(guest: string | undefined, alike: Alike | undefined): number | null {
  if (alike === undefined) return null;
  const fitting = [
    alike.any,
    guest === undefined ? null : alike.byGuest.get(guest),
    ...alike.globs.map(([pattern, number]) => (coversGuest(pattern, guest) ? number : null)),
  ].filter((number) => typeof number === 'number');
  return fitting.length === 0 ? null : Math.min(...fitting);
}

/** A section may name a guest by its UUID. Whether a pattern matches that text says nothing about the guest's name. */
function coversGuest(wide: string, narrow: string | undefined): boolean {
  if (narrow === undefined) return false;
  return !isGlob(narrow) && !isUuid(narrow) && matchesGlob(wide, narrow);
}
