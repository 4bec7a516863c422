import { readMetadataRules } from '../conf/metadata_conf';
import type { DomainInterface, MetadataPort, MetadataProblem } from '../guest/domain';
import type { GuestRoutesConf } from '../routes/guest_routes_conf';
import { nicsKind, type RouteWish } from '../routes/route_wish';
import {
  matchRules,
  rulesForGuest,
  type MatchedGuest,
  type RuleMatch,
  type RulesForGuest,
} from './match_rules';

/** A guest whose interfaces may be routed. */
export interface RoutedGuest extends MatchedGuest {
  /** Its own addresses (`urn:kvmvlan:nics:1`), not yet interpreted; null: none. */
  readonly nics: readonly MetadataPort[] | null;
  /** Why they cannot be read; null: they can. */
  readonly nicsProblem: MetadataProblem | null;
}

/** The sections for a guest and its own metadata, in order of precedence; the first that matches an interface wins. */
export function routeRulesFor(conf: GuestRoutesConf, guest: RoutedGuest): RulesForGuest<RouteWish> {
  const { name, nics, nicsProblem } = guest;
  if (conf.metadata === 'off') return rulesForGuest(conf, guest, []);
  const { sections } = rulesForGuest(conf, guest, []);
  const others = conf.rules.flatMap((rule) => (sections.includes(rule) ? [] : (rule.wish ?? [])));
  const own = readMetadataRules(name, nics ?? [], nicsProblem, nicsKind(conf.defaults, others));
  return rulesForGuest(conf, guest, own);
}

/** Whether an interface can be routed: libvirt makes a tap for it and puts it into no bridge. */
export function isRoutable({ type, hasTap }: DomainInterface): boolean {
  return type === 'ethernet' && hasTap;
}

/**
 * Finds for each interface of a guest the first rule of guest_routes.conf or of its metadata that matches it. An error
 * does not concern a guest that has no interface that could be routed.
 */
export function matchRoutes(conf: GuestRoutesConf, guest: RoutedGuest): RuleMatch<RouteWish> {
  const match = matchRules(conf, guest, routeRulesFor(conf, guest), isRoutable);
  if (guest.interfaces?.some(isRoutable) !== false) return match;
  return { ...match, blocking: [], others: [...match.blocking, ...match.others] };
}
