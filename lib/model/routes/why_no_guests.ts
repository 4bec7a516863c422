import { contains, parsePrefix, type IpAddress, type IpPrefix } from '../address/ip_address';

/** Source: the special-purpose address registries of IANA. */
const SPECIAL: readonly (readonly [prefix: IpPrefix | null, name: string])[] = [
  [parsePrefix('0.0.0.0/8'), 'no address of a host'],
  [parsePrefix('127.0.0.0/8'), 'a loopback address'],
  [parsePrefix('169.254.0.0/16'), 'a link-local address'],
  [parsePrefix('224.0.0.0/4'), 'a multicast address'],
  [parsePrefix('240.0.0.0/4'), 'a reserved address'],
  [parsePrefix('::/128'), 'no address of a host'],
  [parsePrefix('::1/128'), 'a loopback address'],
  [parsePrefix('::ffff:0:0/96'), 'an IPv4 address in the form of IPv6'],
  [parsePrefix('fe80::/10'), 'a link-local address'],
  [parsePrefix('ff00::/8'), 'a multicast address'],
];

/** Why an address cannot be routed to a guest, `a multicast address`; null: it can. */
export function whyNoGuests(address: IpAddress): string | null {
  const found = SPECIAL.find(([prefix]) => prefix !== null && contains(prefix, address));
  return found?.[1] ?? null;
}
