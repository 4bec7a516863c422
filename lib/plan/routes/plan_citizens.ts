import { equalIp, parseIp, type IpAddress } from '../../model/address/ip_address';
import { canNameInterface } from '../../model/nft/chain';
import { GATEWAY } from '../../model/routes/gateway';
import { isUplinkFilterOf, uplinkRemoval, uplinkRuleset } from '../../model/routes/good_citizen';
import type { ProxyEntry, Routing } from '../../model/routes/routing';
import type { RoutedTap, RoutesDesired } from './routed_tap';
import type { RouteStep } from './route_step';
import { wantedProxies, type WantedProxy } from './wanted_routes';

/**
 * The ARP filters of uplinks for `good-citizen = yes`. An uplink that has one allows the addresses of all guests that it
 * has proxy entries for, whether they ask for a filter or not.
 *
 * @param here the taps whose addresses this plan claims or keeps
 * @param withdrawn the proxy entries that this plan removes
 */
export function planCitizens(
  desired: RoutesDesired,
  routing: Routing,
  here: readonly RoutedTap[],
  withdrawn: readonly ProxyEntry[],
): RouteStep[] {
  const found = routing.uplinkFilters;
  if (found === null) return [];
  const entries = [
    ...routing.proxies.filter((entry) => entry.isOurs && !withdrawn.includes(entry)),
    ...here.flatMap(wantedProxies),
  ];
  const stale = [...found.keys()].filter((uplink) => isStale(uplink, desired, entries));
  const wanted = [...here.flatMap(citizenOf), ...found.keys()].filter(
    (uplink) => !stale.includes(uplink) && canNameInterface(uplink),
  );
  const own = ownAddresses(routing);
  return [
    ...stale.map((uplink) => filterStep('clean', uplink, uplinkRemoval([uplink]))),
    ...[...new Set(wanted)].flatMap((uplink): RouteStep[] => {
      const claimed = entries.filter(({ dev }) => dev === uplink).map(({ address }) => address);
      const filter = { uplink, addresses: [...own, ...claimed] };
      const now = found.get(uplink);
      if (now !== undefined && isUplinkFilterOf(now, filter)) return [];
      return [filterStep('prepare', uplink, uplinkRuleset(filter))];
    }),
  ];
}

function citizenOf({ wish: { isGoodCitizen, uplink } }: RoutedTap): string[] {
  return isGoodCitizen && uplink !== null ? [uplink] : [];
}

/** Only a complete run knows. Even then, an entry without a tap may be of a guest that cannot be read. */
function isStale(
  uplink: string,
  { taps, poolRoutes }: RoutesDesired,
  entries: readonly WantedProxy[],
): boolean {
  const running = taps.filter(({ presence }) => presence === 'here' || presence === 'arriving');
  const known = running.flatMap(wantedProxies);
  return (
    poolRoutes !== null &&
    !running.flatMap(citizenOf).includes(uplink) &&
    entries
      .filter(({ dev }) => dev === uplink)
      .every(({ address }) => known.some((one) => one.dev === uplink && equalIp(one.address, address)))
  );
}

/** On all interfaces, because the host answers on each for all of them; but nobody asks an uplink for the gateway. */
function ownAddresses({ links }: Routing): IpAddress[] {
  return [...links.values()]
    .flatMap(({ addresses }) => addresses)
    .filter(({ family, address }) => family === 4 && address !== `${GATEWAY[4]}/32`)
    .flatMap(({ address }) => parseIp(address.split('/')[0] ?? '') ?? []);
}

function filterStep(purpose: 'clean' | 'prepare', uplink: string, ruleset: string): RouteStep {
  return { purpose, object: 'filter', dev: null, subject: uplink, action: { tool: 'nft', ruleset } };
}
