import type { IpAddress, IpPrefix } from '../address/ip_address';

/** What may leave a tap: frames from the guest's own MAC and addresses, and from the networks behind it. */
export interface TapFilter {
  readonly tap: string;
  readonly mac: string;
  readonly addresses: readonly IpAddress[];
  readonly routes: readonly IpPrefix[];
}

/** The filter of a tap as `nft -j list table netdev kvmvlan` reports it. */
export interface FoundFilter {
  readonly tap: string;
  /** Its rules, in the form in which `isFilterOf` compares them. */
  readonly rules: readonly string[];
}
