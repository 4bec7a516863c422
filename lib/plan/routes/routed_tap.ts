import type { Presence } from '../../model/guest/presence';
import type { RouteWish } from '../../model/routes/route_wish';
import type { Place } from '../../model/problem';

/** A routed interface of a guest, and where the guest is. */
export interface RoutedTap {
  readonly guest: string;
  /** The name of its tap. */
  readonly dev: string;
  /** Of the guest's side of the interface. */
  readonly mac: string;
  readonly wish: RouteWish;
  /** Where the wish comes from. */
  readonly place: Place;
  readonly presence: Presence;
  /** It has just arrived from another host: routers should prefer this one for some time. */
  readonly hasArrived: boolean;
}

/** What routed interfaces of this host should have. */
export interface RoutesDesired {
  readonly taps: readonly RoutedTap[];
  /**
   * Interfaces whose guest or conf cannot be read, and those of guests that this run is not about: what they have stays
   * as it is.
   */
  readonly untouched: ReadonlySet<string>;
  /** All guests are known, so what belongs to none of them is left over. */
  readonly isComplete: boolean;
  /** The guest of a tap, for messages; null: unknown. */
  readonly guestOf: (dev: string) => string | null;
  /** [DEFAULT] asks for `pool-route`: networks whose unused addresses are rejected. */
  readonly poolRoutes: readonly string[];
}
