import type { DomainInterface } from '../../model/guest/domain';
import type { Presence } from '../../model/guest/presence';
import type { RuleMatch } from '../../model/match/match_rules';
import type { RouteWish } from '../../model/routes/route_wish';
import type { RoutedTap } from './routed_tap';

/** The interfaces of one guest: those to be routed, and those that are to lose everything. */
export interface TapsOfGuest {
  readonly taps: readonly RoutedTap[];
  readonly gone: readonly string[];
}

/**
 * The routed interfaces of a guest. If conf cannot be read for it, its interfaces are in neither list and stay as they
 * are, unless the guest has left: what it had here must not wait for a correction of conf.
 *
 * @param hasArrived it has just come from another host
 */
export function routedTaps(
  match: RuleMatch<RouteWish>,
  interfaces: readonly DomainInterface[],
  presence: Presence,
  hasArrived = false,
): TapsOfGuest {
  const isBlocked = match.blocking.length > 0;
  const hasLeft = presence === 'left' || presence === 'absent';
  const taps = isBlocked
    ? []
    : match.wanted.flatMap(({ guest, dev, iface, rule, wish }): RoutedTap[] =>
        // A running guest's interface always has a MAC; without one, no filter could be made.
        iface === null || iface.mac === null
          ? []
          : [
              {
                guest,
                dev,
                mac: iface.mac,
                wish,
                source: rule,
                presence,
                hasArrived: hasArrived && !hasLeft,
              },
            ],
      );
  if (isBlocked && !hasLeft) return { taps, gone: [] };
  const gone = interfaces.flatMap(({ dev, hasTap }) =>
    dev !== null && hasTap && !taps.some((tap) => tap.dev === dev) ? [dev] : [],
  );
  return { taps, gone };
}
