import type { IpPrefix } from '../../model/address/ip_address';
import type { Presence } from '../../model/guest/presence';
import type { RouteWish } from '../../model/routes/route_wish';
import type { RuleSource } from '../../model/match/describe_rule';

/** A routed interface of a guest, and where the guest is. */
export interface RoutedTap {
  readonly guest: string;
  /** The name of its tap. */
  readonly dev: string;
  /** Of the guest's side of the interface. */
  readonly mac: string;
  readonly wish: RouteWish;
  /** Where the wish comes from. */
  readonly source: RuleSource;
  readonly presence: Presence;
  /** It has just arrived from another host: routers should prefer this one for some time. */
  readonly hasArrived: boolean;
}

/** What routed interfaces of this host should have. */
export interface RoutesDesired {
  readonly taps: readonly RoutedTap[];
  /**
   * The taps of guests that are known to be elsewhere, or are not to be routed any more, with their guests: they lose
   * everything.
   */
  readonly gone: ReadonlyMap<string, string>;
  /** The running guests that claim a tap; none: no XML that can be read has it. */
  readonly guestsOf: (dev: string) => readonly string[];
  /** Networks whose addresses without a guest are rejected; null: not known in this run, they stay as they are. */
  readonly poolRoutes: readonly IpPrefix[] | null;
}
