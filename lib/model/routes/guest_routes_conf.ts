import { ruleKeys, readRuleConf, type WishValues } from '../conf/rule_conf';
import type { Rule, RuleConf } from '../match/rule';
import { ROUTE_WISH, type ROUTE_KEYS, type RouteWish } from './route_wish';

/** The keys of guest_routes.conf. */
export const GUEST_ROUTES_KEYS = ruleKeys(ROUTE_WISH.keys);

/** A section of guest_routes.conf, or a `<nic>` of a guest's metadata. */
export type RouteRule = Rule<RouteWish>;

export interface GuestRoutesConf extends RuleConf<RouteWish> {
  /** How this host routes what no section says otherwise: [DEFAULT]. */
  readonly defaults: WishValues<typeof ROUTE_KEYS>;
}

export function readGuestRoutesConf(text: string, file: string): GuestRoutesConf {
  const { conf, defaults } = readRuleConf(text, file, ROUTE_WISH);
  return { ...conf, defaults };
}

/** Whether conf routes nothing: it has no section, and no pool that would allow addresses in metadata. */
export function routesNothing({ rules, problems, defaults }: GuestRoutesConf): boolean {
  return rules.length === 0 && problems.length === 0 && defaults.get('pool') === undefined;
}
