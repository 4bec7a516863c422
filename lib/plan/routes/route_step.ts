import type { IpAddress } from '../../model/address/ip_address';
import type { Problem } from '../../model/problem';
import type { RoutedTap } from './routed_tap';

/** How a step is done. */
export type RouteAction =
  /** Arguments of `ip`. */
  | { readonly tool: 'ip'; readonly args: readonly string[] }
  /** A ruleset for `nft -f -`: one transaction. */
  | { readonly tool: 'nft'; readonly ruleset: string }
  /** A value for a file below /proc/sys. */
  | { readonly tool: 'sysctl'; readonly file: string; readonly value: string };

/**
 * What a step is for. `withdraw`: others no longer reach an address through this host. `clean`: something left over is
 * removed that attracts no traffic. `prepare`: what harms nobody before the guest runs. `claim`: the address is
 * reached through this host from now on.
 */
export type RoutePurpose = 'withdraw' | 'clean' | 'prepare' | 'claim';

export interface RouteStep {
  readonly purpose: RoutePurpose;
  /** The tap that it is for; null: none, such as a pool route. If a step fails, later ones of its tap are not run. */
  readonly dev: string | null;
  readonly action: RouteAction;
}

/** An address that is new on an uplink, to be announced there. */
export interface Announcement {
  readonly address: IpAddress;
  readonly uplink: string;
}

/** One routed interface in a plan. */
export interface PlannedTap {
  readonly tap: RoutedTap;
  /** Why it cannot have what it should; its steps are then only those that withdraw. */
  readonly problems: readonly Problem[];
  /** What is missing or wrong now, for people: `no proxy entry on br0`; empty: nothing. */
  readonly drift: readonly string[];
}

export interface RoutesPlan {
  /** In order: withdraw, clean, prepare, claim. */
  readonly steps: readonly RouteStep[];
  readonly taps: readonly PlannedTap[];
  readonly announcements: readonly Announcement[];
  /** Problems of no single interface. */
  readonly problems: readonly Problem[];
}
