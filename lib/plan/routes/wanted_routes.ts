import { formatIp, formatPrefix, type IpAddress } from '../../model/address/ip_address';
import type { NetLink } from '../../model/network/host_network';
import type { RoutedTap } from './routed_tap';

/** A route that a tap should have, in the words of `ip`. */
export interface WantedRoute {
  /** As `ip route show` prints it: an address without a length, or a network. */
  readonly to: string;
  readonly family: 4 | 6;
  /** `main`, `500` */
  readonly table: string;
  readonly via: string | null;
  readonly metric: number;
}

/** The host answers for an address on an interface. */
export interface WantedProxy {
  readonly address: IpAddress;
  readonly dev: string;
}

/**
 * The routes of a tap while its guest runs here. With a table or a VRF, they are in it and, for what arrives on an uplink
 * outside of it, in the main table too: the kernel answers for a proxy entry only if a route leads to the address.
 */
export function wantedRoutes(
  { wish, hasArrived }: RoutedTap,
  links: ReadonlyMap<string, NetLink>,
): WantedRoute[] {
  const metric = hasArrived ? wish.arrivingMetric : wish.metric;
  return tablesOf(wish, links).flatMap((table) => [
    ...wish.addresses.map((address) => ({
      to: formatIp(address),
      family: address.family,
      table,
      via: null,
      metric,
    })),
    ...wish.routes.map((prefix): WantedRoute => {
      const { family } = prefix.address;
      const hop = wish.addresses.find((address) => address.family === family);
      return {
        to: formatPrefix(prefix),
        family,
        table,
        via: hop === undefined ? null : formatIp(hop),
        metric,
      };
    }),
  ]);
}

function tablesOf(
  { table, vrf, uplink }: RoutedTap['wish'],
  links: ReadonlyMap<string, NetLink>,
): readonly string[] {
  if (table === null && vrf === null) return ['main'];
  const own = vrf === null ? table : links.get(vrf)?.vrfTable;
  const isInside = uplink === null || (vrf !== null && links.get(uplink)?.master === vrf);
  return [String(own), ...(isInside ? [] : ['main'])];
}

/** What the host answers for while the guest runs here. Networks behind a guest are routed to this host by others. */
export function wantedProxies({ wish: { addresses, uplink } }: RoutedTap): WantedProxy[] {
  return uplink === null ? [] : addresses.map((address) => ({ address, dev: uplink }));
}
