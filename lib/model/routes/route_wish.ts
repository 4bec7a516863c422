import { contains, equalIp, type IpAddress, type IpPrefix } from '../address/ip_address';
import { parseIp, parsePrefix } from '../address/ip_address';
import type { Key, Parsed } from '../conf/keys';
import type { MetadataKind } from '../conf/metadata_conf';
import type { WishFault } from '../conf/problems';
import type { WishKind, WishValues } from '../conf/rule_conf';
import { oneOf, wholeNumber, word, yesOrNo } from '../conf/values';
import {
  addressOfOther,
  noAddress,
  noNextHop,
  noPool,
  notInPool,
  noUplink,
  poolRouteInSection,
  tableAndVrf,
} from './problems';
import { whyNoGuests } from './why_no_guests';

/** What the host does for one interface of a guest: which addresses it routes to it, and how others learn of them. */
export interface RouteWish {
  /** At least one. */
  readonly addresses: readonly IpAddress[];
  /** Networks behind the guest, reached through its first address of the same family. */
  readonly routes: readonly IpPrefix[];
  /** Where the host answers for the addresses; null: others route them to this host. */
  readonly uplink: string | null;
  /** The routing table for what the guest sends and gets; null: the main one. */
  readonly table: number | null;
  readonly vrf: string | null;
  readonly gateway: 'link-local' | 'subnet';
  /** Only the guest's own MAC and addresses may leave its tap. */
  readonly isStrict: boolean;
  /** Ask the uplink before a start whether somebody has the address. */
  readonly probes: boolean;
  readonly metric: number;
  /** The metric for some time after the guest has arrived from another host, for routers that prefer it. */
  readonly arrivingMetric: number;
  /** Drop on the uplink what concerns addresses that are not this host's or its guests'. */
  readonly isGoodCitizen: boolean;
}

/** IPv4 or IPv6 addresses, separated by spaces or commas. */
const addressList: Key<readonly IpAddress[]> = {
  allowed: 'IPv4 and IPv6 addresses without a length, separated by spaces or commas',
  isList: true,
  parse: (text) => parseList(text, (item) => guestAddress(item)),
};

const prefixList: Key<readonly IpPrefix[]> = {
  allowed: 'networks such as 203.0.113.16/28 or 2001:db8::/64, separated by spaces or commas',
  isList: true,
  parse: (text) => parseList(text, (item) => network(item)),
};

function parseList<T>(text: string, parse: (item: string) => Parsed<T>): Parsed<readonly T[]> {
  const values: T[] = [];
  for (const item of text.split(/[\s,]+/).filter((word) => word !== '')) {
    const parsed = parse(item);
    if ('wrong' in parsed) return parsed;
    values.push(parsed.value);
  }
  return { value: values };
}

function guestAddress(text: string): Parsed<IpAddress> {
  const value = parseIp(text);
  if (value === null) return { wrong: `${text} is no address` };
  const why = whyNoGuests(value);
  return why === null ? { value } : { wrong: `${text} is ${why}` };
}

function network(text: string): Parsed<IpPrefix> {
  const value = parsePrefix(text);
  if (value !== null) return { value };
  const [base = '', length = ''] = text.split('/');
  const bits = (parseIp(base)?.bytes.length ?? 0) * 8;
  const isLonger = /^\d+$/.test(length) && Number(length) <= bits;
  return { wrong: isLonger ? `${text} has bits behind its length` : `${text} is no network` };
}

/** Linux: 0 is unspecified, 253 to 255 are default, main and local. */
const table: Key<number> = {
  allowed: 'the number of a routing table from 1 to 4294967295, but 253 to 255',
  parse(text) {
    const number = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : 0;
    if (number < 1 || number > 0xffffffff) return { wrong: 'not a number in this range' };
    return number >= 253 && number <= 255 ? { wrong: 'a table of the host' } : { value: number };
  },
};

const metric = wholeNumber(1, 999_999_999, 'a metric');

/** The keys of guest_routes.conf. */
export const ROUTE_KEYS = {
  uplink: word("an interface's or bridge's name, or none"),
  pool: prefixList,
  address: addressList,
  route: prefixList,
  table,
  vrf: word("a VRF's name"),
  gateway: oneOf('link-local', 'subnet'),
  strict: yesOrNo,
  probe: yesOrNo,
  metric,
  'arriving-metric': metric,
  'good-citizen': yesOrNo,
  /** Only in [DEFAULT]: packets to addresses of the pool that no guest has are rejected, not sent back to the router. */
  'pool-route': yesOrNo,
};

type Values = WishValues<typeof ROUTE_KEYS>;

const MEANWHILE = 'the interfaces that it concerns get no route';

export const ROUTE_WISH: WishKind<typeof ROUTE_KEYS, RouteWish> = {
  keys: ROUTE_KEYS,
  toWish: (values) => toWish(values, values.get('address') ?? []),
  meanwhile: MEANWHILE,
};

const NIC_KEYS = { address: addressList };

/**
 * The addresses in a guest's metadata. Whoever may edit a guest's XML could claim any address there, so each has to be in
 * the pool of this host, and must not be one that conf gives to another guest, which may be off or on another host now.
 *
 * @param defaults how this host routes: the values of [DEFAULT]
 * @param others what conf gives to other guests
 */
export function nicsKind(
  defaults: Values,
  others: readonly Pick<RouteWish, 'addresses' | 'routes'>[],
): MetadataKind<typeof NIC_KEYS, RouteWish> {
  return {
    list: 'nics',
    element: 'nic',
    keys: NIC_KEYS,
    toWish: (values) => {
      const pool = defaults.get('pool') ?? [];
      if (pool.length === 0) return { fault: noPool() };
      const taken = values
        .get('address')
        ?.find((address) =>
          others.some(
            ({ addresses, routes }) =>
              addresses.some((other) => equalIp(other, address)) ||
              routes.some((prefix) => contains(prefix, address)),
          ),
        );
      if (taken !== undefined) return { fault: addressOfOther(taken) };
      // Networks behind one guest are no wish of another.
      const get = ((name: keyof typeof ROUTE_KEYS) =>
        name === 'route' ? undefined : defaults.get(name)) as Values['get'];
      return toWish({ get, isOwn: () => false }, values.get('address') ?? []);
    },
    meanwhile: MEANWHILE,
  };
}

function toWish(values: Values, addresses: readonly IpAddress[]): Parsed<RouteWish> | { fault: WishFault } {
  if (addresses.length === 0) return { fault: noAddress() };
  const pool = values.get('pool') ?? [];
  const stranger = addresses.find(
    (each) => pool.length > 0 && !pool.some((prefix) => contains(prefix, each)),
  );
  if (stranger !== undefined) return { fault: notInPool(stranger, pool) };
  const routes = values.get('route') ?? [];
  const orphan = routes.find(({ address }) => !addresses.some(({ family }) => family === address.family));
  if (orphan !== undefined) return { fault: noNextHop(orphan) };
  if (values.isOwn('table') && values.isOwn('vrf')) return { fault: tableAndVrf() };
  if (values.isOwn('pool-route')) return { fault: poolRouteInSection() };
  const uplink = values.get('uplink');
  if (uplink === undefined) return { fault: noUplink() };
  return { value: { addresses, routes, ...settings(values, uplink) } };
}

function settings(values: Values, uplink: string): Omit<RouteWish, 'addresses' | 'routes'> {
  // A key of the section replaces the other one of [DEFAULT].
  const inTable = !values.isOwn('vrf') ? values.get('table') : undefined;
  const inVrf = !values.isOwn('table') ? values.get('vrf') : undefined;
  return {
    uplink: uplink === 'none' ? null : uplink,
    table: inVrf === undefined ? (inTable ?? null) : null,
    vrf: inVrf ?? null,
    gateway: values.get('gateway') ?? 'link-local',
    isStrict: values.get('strict') ?? true,
    probes: values.get('probe') ?? true,
    metric: values.get('metric') ?? 1024,
    arrivingMetric: values.get('arriving-metric') ?? values.get('metric') ?? 1024,
    isGoodCitizen: values.get('good-citizen') ?? false,
  };
}
