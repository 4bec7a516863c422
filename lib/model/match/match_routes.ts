import { readMetadataRules } from '../conf/metadata_conf';
import type { MetadataPort, MetadataProblem } from '../guest/domain';
import type { GuestRoutesConf } from '../routes/guest_routes_conf';
import { nicsKind, type RouteWish } from '../routes/route_wish';
import { matchRules, rulesForGuest, type MatchedGuest, type RuleMatch } from './match_rules';

/** A guest whose interfaces may be routed. */
export interface RoutedGuest extends MatchedGuest {
  /** Its own addresses (`urn:kvmvlan:nics:1`), not yet interpreted; null: none. */
  readonly nics: readonly MetadataPort[] | null;
  /** Why they cannot be read; null: they can. */
  readonly nicsProblem: MetadataProblem | null;
}

/**
 * Finds for each interface of a guest the first rule of guest_routes.conf or of its metadata that matches it. An
 * interface is fit if libvirt makes a tap for it and puts it into no bridge.
 */
export function matchRoutes(conf: GuestRoutesConf, guest: RoutedGuest): RuleMatch<RouteWish> {
  const { name, nics, nicsProblem } = guest;
  const isOff = conf.metadata === 'off';
  const own = isOff ? [] : readMetadataRules(name, nics ?? [], nicsProblem, nicsKind(conf.defaults));
  return matchRules(
    conf,
    guest,
    rulesForGuest(conf, guest, own),
    ({ type, hasTap }) => type === 'ethernet' && hasTap,
  );
}
