import type { PortConditions, PortRule } from '../conf/vlan_filtering_conf';
import { isGlob, matchesGlob } from './glob';

/** A section that can never match, as an earlier one matches whatever it would. */
export interface ShadowedRule {
  readonly rule: PortRule;
  readonly by: PortRule;
}

/** The sections of a conf that can never match. What a broken one matches is not known: it covers none. */
export function shadowedRules(rules: readonly PortRule[]): ShadowedRule[] {
  return rules.flatMap((rule, index) => {
    const by = rules
      .slice(0, index)
      .find(({ wish, conditions }) => wish !== null && covers(conditions, rule.conditions));
    return by === undefined ? [] : [{ rule, by }];
  });
}

/** Whether all that the narrow conditions match, the wide ones match too. May say no where it is true, never yes where not. */
function covers(wide: PortConditions, narrow: PortConditions): boolean {
  const { guest, ...others } = wide;
  const sameGuest = guest === undefined || guest === '*' || coversGuest(guest, narrow.guest);
  return (
    sameGuest &&
    Object.entries(others).every(([name, value]) => narrow[name as keyof PortConditions] === value)
  );
}

function coversGuest(wide: string, narrow: string | undefined): boolean {
  if (narrow === undefined) return false;
  return wide === narrow || (!isGlob(narrow) && !isUuid(narrow) && matchesGlob(wide, narrow));
}

/** A section may name a guest by its UUID; a pattern that matches the UUID's text says nothing of the name. */
function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
