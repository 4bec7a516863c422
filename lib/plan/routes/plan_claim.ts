import { equalIp, formatIp } from '../../model/address/ip_address';
import { PROTOCOL, type Routing } from '../../model/routes/routing';
import { setTo } from './plan_preparation';
import type { RoutedTap } from './routed_tap';
import { ipStep, type Announcement, type RouteStep } from './route_step';
import { wantedProxies, wantedRoutes } from './wanted_routes';

/**
 * What makes this host answer for the addresses of a guest that runs here: routes first, then proxy entries. The
 * announcements are of the entries that are new.
 */
export function planClaim(
  tap: RoutedTap,
  routing: Routing,
): { readonly steps: readonly RouteStep[]; readonly announcements: readonly Announcement[] } {
  const { dev, wish } = tap;
  const routes = wantedRoutes(tap, routing.links).filter(
    ({ to, table, via, metric }) =>
      !routing.routes.some(
        (route) =>
          route.protocol === PROTOCOL &&
          route.dev === dev &&
          route.to === to &&
          route.table === table &&
          route.via === via &&
          route.metric === metric,
      ),
  );
  const proxies = wantedProxies(tap).filter(
    (proxy) =>
      !routing.proxies.some(
        ({ address, dev: uplink, isOurs }) =>
          isOurs && uplink === proxy.dev && equalIp(address, proxy.address),
      ),
  );
  const steps = [
    ...routes.map(({ to, family, table, via, metric }) => {
      const prefix = to.includes('/') ? to : `${to}/${family === 4 ? 32 : 128}`;
      const hop = via === null ? [] : ['via', via];
      const how = ['dev', dev, ...(via === null ? [] : ['onlink']), 'table', table, 'metric', String(metric)];
      return ipStep('claim', 'route', dev, to, [
        'route',
        'replace',
        prefix,
        ...hop,
        ...how,
        'proto',
        PROTOCOL,
      ]);
    }),
    // A guest with a router in its own network asks for that router, and for its neighbours, on the tap.
    ...(wish.gateway === 'subnet' ? setTo(dev, routing, 'ipv4', 'proxy_arp', '1', 'claim') : []),
    ...proxies.map(({ address, dev: uplink }) => {
      const text = formatIp(address);
      const args = ['neigh', 'replace', 'proxy', text, 'dev', uplink, 'protocol', PROTOCOL];
      return ipStep('claim', 'proxy', dev, text, args);
    }),
  ];
  return { steps, announcements: proxies.map(({ address, dev: uplink }) => ({ address, uplink })) };
}
