import type { RuleSource } from '../../model/match/describe_rule';
import type { GuestRoutesConf } from '../../model/routes/guest_routes_conf';
import type { RouteWish } from '../../model/routes/route_wish';
import type { Routing } from '../../model/routes/routing';
import type { RoutedTap } from '../../plan/routes/routed_tap';
import type { Rules } from './netfilter/fates';

/** What `kvmvlan check` knows about routed interfaces. null: not known. */
export interface RouteFacts {
  readonly conf: GuestRoutesConf;
  /** Those of running guests. */
  readonly taps: readonly RoutedTap[];
  /** What conf and the metadata of guests wish for, also for guests that do not run. */
  readonly wishes: readonly { readonly source: RuleSource; readonly wish: RouteWish }[];
  readonly routing: Routing | null;
  readonly routingError: string | null;
  /** The rules of netfilter for each family; null also if no guest has an address of it. */
  readonly rules: { readonly 4: Rules | null; readonly 6: Rules | null };
  /** Whether there is a program that can announce addresses. */
  readonly hasSender: boolean;
  /** Units of kvmvlan that are not active. */
  readonly inactive: readonly string[] | null;
  /** systemd-networkd runs, and removes rules that it does not know when it starts. */
  readonly networkdDropsRules: boolean | null;
}
