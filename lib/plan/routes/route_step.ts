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
 * What a step is for. `withdraw`: an address is no longer reached through this host. `clean`: something that attracts
 * no traffic is removed. `prepare`: what harms nobody before the guest runs. `claim`: an address is reached through this
 * host from now on.
 */
export type RoutePurpose = 'withdraw' | 'clean' | 'prepare' | 'claim';

/** What a step changes. */
export type RouteObject =
  'route' | 'proxy' | 'gateway' | 'neighbour' | 'rule' | 'filter' | 'setting' | 'vrf' | 'pool-route';

export interface RouteStep {
  readonly purpose: RoutePurpose;
  readonly object: RouteObject;
  /** The tap that it is for; null: none. If a step fails, later ones of its tap are not run. */
  readonly dev: string | null;
  /** The address or network that it is about: `203.0.113.20`; null: none. */
  readonly subject: string | null;
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
  /** With an error, it stays as it is. If its guest is no longer here, it is withdrawn nevertheless. */
  readonly problems: readonly Problem[];
}

export interface RoutesPlan {
  /** In order: withdraw, clean, prepare, claim. */
  readonly steps: readonly RouteStep[];
  readonly taps: readonly PlannedTap[];
  readonly announcements: readonly Announcement[];
  /** Problems of no single interface. */
  readonly problems: readonly Problem[];
}

/** A step by `ip`. */
export function ipStep(
  purpose: RoutePurpose,
  object: RouteObject,
  dev: string | null,
  subject: string | null,
  args: readonly string[],
): RouteStep {
  return { purpose, object, dev, subject, action: { tool: 'ip', args } };
}
