import { formatIp, type IpAddress } from '../address/ip_address';
import { chainName, interfaceOfChain, isSameChain, quoteInterface } from '../nft/chain';
import { removeChains, replaceChains, type NftChain } from '../nft/chain';
import { parseChains } from '../nft/parse_chains';

/**
 * For `good-citizen = yes`: on this uplink the host asks and answers by ARP for these addresses only. IPv6 has no
 * counterpart and needs none: a host answers there for the interface's own addresses and for proxy entries, never for
 * all that it has routes to.
 */
export interface UplinkFilter {
  readonly uplink: string;
  /** The host's own addresses, and those that it routes to guests. IPv6 ones do not matter. */
  readonly addresses: readonly IpAddress[];
}

/** The chains of an uplink as `nft -j list table arp kvmvlan` reports them; one of the two may be missing. */
export interface FoundUplinkFilter {
  readonly uplink: string;
  readonly chains: readonly NftChain[];
}

const FAMILY = 'arp';
const PREFIXES = ['in-', 'out-'];

/** A ruleset for `nft -f -` that replaces the filter of an uplink. Throws if no ruleset can name it. */
export function uplinkRuleset(filter: UplinkFilter): string {
  return replaceChains(FAMILY, chainsOf(filter));
}

/** A ruleset that removes the filters of uplinks, also where there are none. */
export function uplinkRemoval(uplinks: readonly string[]): string {
  return removeChains(
    FAMILY,
    uplinks.flatMap((uplink) => PREFIXES.map((prefix) => chainName(prefix, uplink))),
  );
}

/** The filters by the uplink's name. Throws KnownError if the text is not JSON. */
export function parseUplinkFilters(json: string): ReadonlyMap<string, FoundUplinkFilter> {
  const found = new Map<string, FoundUplinkFilter>();
  for (const chain of parseChains(json, FAMILY).values())
    for (const prefix of PREFIXES) {
      const uplink = interfaceOfChain(prefix, chain.name);
      if (uplink === null) continue;
      found.set(uplink, { uplink, chains: [...(found.get(uplink)?.chains ?? []), chain] });
    }
  return found;
}

export function isUplinkFilterOf({ chains }: FoundUplinkFilter, filter: UplinkFilter): boolean {
  return chainsOf(filter).every((wanted) => chains.some((chain) => isSameChain(chain, wanted)));
}

function chainsOf({ uplink, addresses }: UplinkFilter): NftChain[] {
  const [input = '', output = ''] = PREFIXES.map((prefix) => chainName(prefix, uplink));
  // In an order of their own, because the kernel lists proxy entries in no certain one.
  const own = [...new Set(addresses.filter(({ family }) => family === 4).map(formatIp))].sort();
  const name = quoteInterface(uplink);
  const common = { type: 'filter', device: null, priority: 0, policy: 'accept' };
  const drop = ['counter', 'drop'];
  return [
    {
      ...common,
      name: input,
      hook: 'input',
      rules: [
        [`meta iifname != ${name}`, 'accept'],
        ['arp operation != request', 'accept'],
        ...own.map((address) => [`arp daddr ip ${address}`, 'accept']),
        drop,
      ],
    },
    {
      ...common,
      name: output,
      hook: 'output',
      rules: [
        [`meta oifname != ${name}`, 'accept'],
        // The host's probes for an address of its own (RFC 5227).
        ...['0.0.0.0', ...own].map((address) => [`arp saddr ip ${address}`, 'accept']),
        drop,
      ],
    },
  ];
}
