import { formatIp, formatPrefix, type IpAddress, type IpPrefix } from '../address/ip_address';
import { formatMac, parseMac } from '../address/mac';
import { GATEWAY } from './gateway';
import { chainName, interfaceOfChain, isSameChain, removeChains, replaceChains } from '../nft/chain';
import type { NftChain, NftRule } from '../nft/chain';
import { parseChains } from '../nft/parse_chains';

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
  readonly chain: NftChain;
}

const FAMILY = 'netdev';
const PREFIX = 'tap-';

/** Before flow tables, which take packets out of the hook. */
const PRIORITY = -300;

/**
 * A ruleset for `nft -f -` that replaces the filter of a tap as a whole: on newer kernels a chain outlives its tap, and
 * filters the next one of that name. Throws if no ruleset can hold the tap's name or the MAC address.
 */
export function filterRuleset(filter: TapFilter): string {
  return replaceChains(FAMILY, [chainOf(filter)]);
}

/** A ruleset that removes the filters of taps, also where there are none. */
export function filterRemoval(taps: readonly string[]): string {
  return removeChains(
    FAMILY,
    taps.map((tap) => chainName(PREFIX, tap)),
  );
}

/** The filters by the tap's name. Throws KnownError if the text is not JSON. */
export function parseFilters(json: string): ReadonlyMap<string, FoundFilter> {
  const found = new Map<string, FoundFilter>();
  for (const chain of parseChains(json, FAMILY).values()) {
    const tap = interfaceOfChain(PREFIX, chain.name);
    if (tap !== null) found.set(tap, { tap, chain });
  }
  return found;
}

/**
 * Whether the kernel filters as it should. nftables 1.0.6 does not report whether the filter is bound to the tap: a new tap
 * needs a new filter even if this is true.
 */
export function isFilterOf({ chain }: FoundFilter, filter: TapFilter): boolean {
  return isSameChain(chain, chainOf(filter));
}

function chainOf(filter: TapFilter): NftChain {
  return {
    name: chainName(PREFIX, filter.tap),
    type: 'filter',
    hook: 'ingress',
    device: filter.tap,
    priority: PRIORITY,
    policy: 'drop',
    rules: rulesOf(filter),
  };
}

/** One address a rule, so that rules come back as they were written: sets are sorted and merged. */
function rulesOf({ mac: text, addresses, routes }: TapFilter): NftRule[] {
  const bytes = parseMac(text);
  if (bytes === null) throw new Error(`no ruleset can hold the MAC address ${JSON.stringify(text)}`);
  const mac = formatMac(bytes);
  const own = (family: 4 | 6): string[] =>
    addresses.filter((address) => address.family === family).map(formatIp);
  const behind = (family: 4 | 6): string[] =>
    routes.filter(({ address }) => address.family === family).map(inWords);
  const drop = ['counter', 'drop'];
  return [
    [`ether saddr != ${mac}`, ...drop],
    [`arp saddr ether != ${mac}`, ...drop],
    // A host that probes for its address has none yet (RFC 5227).
    ...['0.0.0.0', ...own(4)].map((address) => [`arp saddr ip ${address}`, 'accept']),
    ...[...own(4), ...behind(4)].map((source) => [`ip saddr ${source}`, 'accept']),
    ...['nd-router-advert', 'nd-redirect'].map((type) => [`icmpv6 type ${type}`, ...drop]),
    // Guests choose their link-local addresses, which nobody forwards; only the gateway's is taken.
    [`ip6 saddr ${GATEWAY[6]}`, ...drop],
    ...['fe80::/64', ...own(6), ...behind(6)].map((source) => [`ip6 saddr ${source}`, 'accept']),
    // What is sent before an address can be used (RFC 4861, 4862, 3590).
    ...['nd-router-solicit', 'nd-neighbor-solicit', 'mld2-listener-report'].map((type) => [
      'ip6 saddr ::',
      `icmpv6 type ${type}`,
      'accept',
    ]),
    drop,
  ];
}

/** nft prints a network of one address as that address. */
function inWords(prefix: IpPrefix): string {
  return prefix.length === prefix.address.bytes.length * 8 ? formatIp(prefix.address) : formatPrefix(prefix);
}
