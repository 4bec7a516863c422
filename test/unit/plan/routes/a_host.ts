import type { NetLink, NetRoute } from '../../../../lib/model/network/host_network';
import type { RouteWish } from '../../../../lib/model/routes/route_wish';
import { PROTOCOL, type Routing } from '../../../../lib/model/routes/routing';
import { sysctlFile } from '../../../../lib/model/routes/sysctl';
import type { RoutedTap, RoutesDesired } from '../../../../lib/plan/routes/routed_tap';
import { ip } from '../../model/routes/addresses';
import { address, link } from '../network/some_network';

/** A tap that a guest holds. */
export function aLink(name: string, more: Partial<NetLink> = {}): NetLink {
  return link(name, { kind: 'tun', mac: 'fe:54:00:00:00:05', ...more });
}

export function aWish(more: Partial<RouteWish> = {}): RouteWish {
  return {
    addresses: [ip('203.0.113.20')],
    routes: [],
    uplink: 'eth0',
    table: null,
    vrf: null,
    gateway: 'link-local',
    isStrict: false,
    probes: true,
    metric: 1024,
    arrivingMetric: 1024,
    isGoodCitizen: false,
    ...more,
  };
}

export function aTap(more: Partial<RoutedTap> = {}, wish: Partial<RouteWish> = {}): RoutedTap {
  return {
    guest: 'web1',
    dev: 'vnet0',
    mac: '52:54:00:00:00:05',
    wish: aWish(wish),
    source: { origin: 'conf', place: { file: 'guest_routes.conf', line: 4 }, label: 'web1' },
    presence: 'here',
    hasArrived: false,
    ...more,
  };
}

export function desiredOf(taps: readonly RoutedTap[], more: Partial<RoutesDesired> = {}): RoutesDesired {
  return { taps, gone: new Map(), guestsOf: () => [], poolRoutes: null, ...more };
}

export function aRoute(more: Partial<NetRoute>): NetRoute {
  return {
    family: 4,
    to: '203.0.113.20',
    via: null,
    dev: 'vnet0',
    table: 'main',
    metric: 1024,
    protocol: PROTOCOL,
    scope: null,
    source: null,
    type: '1',
    mtu: null,
    onlink: false,
    ...more,
  };
}

/** A host that forwards, with an uplink and taps, on which nothing is routed yet. */
export function aRouter(devs: readonly string[] = ['vnet0'], more: Partial<Routing> = {}): Routing {
  const on = (...words: string[]): [string, string] => [sysctlFile('net', ...words), '1'];
  const off = (...words: string[]): [string, string] => [sysctlFile('net', ...words), '0'];
  return {
    links: new Map([
      [
        'eth0',
        aLink('eth0', { kind: null, mac: '52:54:00:aa:00:01', addresses: [address('203.0.113.2/24')] }),
      ],
      ...devs.map((dev): [string, NetLink] => [dev, aLink(dev)]),
    ]),
    routes: [],
    proxies: [],
    neighbours: [],
    rules: [],
    filters: new Map(),
    uplinkFilters: new Map(),
    settings: new Map([
      on('ipv4', 'ip_forward'),
      on('ipv4', 'conf', 'eth0', 'forwarding'),
      on('ipv6', 'conf', 'all', 'forwarding'),
      on('ipv6', 'conf', 'eth0', 'forwarding'),
      on('ipv6', 'conf', 'all', 'proxy_ndp'),
      on('ipv6', 'conf', 'eth0', 'proxy_ndp'),
      ...devs.flatMap((dev) => [
        off('ipv4', 'conf', dev, 'forwarding'),
        off('ipv4', 'conf', dev, 'proxy_arp'),
        on('ipv6', 'conf', dev, 'accept_ra'),
      ]),
    ]),
    ...more,
  };
}
