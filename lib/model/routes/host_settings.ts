import { contains, networkOf } from '../address/ip_address';
import type { Problem } from '../problem';
import {
  acceptRa,
  FORWARD4,
  FORWARD6,
  PROXY_ARP,
  PROXY_NDP,
  REDIRECTS,
  uplinkFiles,
} from './host_setting_files';
import {
  answersForAll,
  answersLate,
  inNoNetwork,
  maybeNotForwarding4,
  noNft,
  noProxyNdp,
  noProxyNdpAgain,
  notForwarding4,
  notForwarding6,
  sendsRedirects,
  uplinkMissing,
  vrfMissing,
  type HostLack,
} from './problems';
import type { RouteWish } from './route_wish';
import type { Routing } from './routing';

/** RTPROT_RA of rtnetlink(7): the kernel, or a network manager, learned the route from a router advertisement. */
const FROM_ADVERTISEMENT = '9';

/** What a host lacks for a routed interface, as problems of a run. */
export function hostSettings(wish: RouteWish, routing: Routing): Problem[] {
  return hostLacks(wish, routing).map(({ command: _command, ...problem }) => problem);
}

/**
 * What a host lacks for a routed interface (errors: the interface gets no route), and what makes it slower or less safe
 * (warnings). They are about the host, so they are the same for all interfaces with such a wish.
 */
export function hostLacks(wish: RouteWish, routing: Routing): HostLack[] {
  const { uplink, vrf, isStrict, isGoodCitizen } = wish;
  const { links, filters, uplinkFilters } = routing;
  // Without the interface, its settings do not exist either.
  const ofUplink =
    uplink !== null && !links.has(uplink)
      ? [uplinkMissing(uplink)]
      : [...checkIpv4(wish, routing), ...checkIpv6(wish, routing), ...checkNetworks(wish, routing)];
  return [
    ...ofUplink,
    ...(vrf === null || links.get(vrf)?.kind === 'vrf' ? [] : [vrfMissing(vrf, links.has(vrf))]),
    ...(isStrict && filters === null ? [noNft('strict')] : []),
    ...(isGoodCitizen && uplink !== null && uplinkFilters === null ? [noNft('good-citizen')] : []),
  ];
}

/** Sources: `IN_DEV_ORCONF` in include/linux/inetdevice.h, `arp_process` in net/ipv4/arp.c. */
function checkIpv4({ addresses, uplink }: RouteWish, { settings }: Routing): HostLack[] {
  if (!addresses.some(({ family }) => family === 4)) return [];
  const isOn = (file: string): boolean => !isZero(file, settings);
  if (uplink === null) return isOn(FORWARD4) ? [] : [maybeNotForwarding4()];
  const { forward4, proxyArp, redirects, delay4 } = uplinkFiles(uplink);
  const arp = [PROXY_ARP, proxyArp].filter(isOn);
  const sends = [REDIRECTS, redirects].filter(isOn);
  return [
    ...(isOn(forward4) ? [] : [notForwarding4(uplink, forward4)]),
    ...(arp.length === 0 ? [] : [answersForAll(uplink, arp)]),
    ...(sends.length === 0 ? [] : [sendsRedirects(uplink, sends)]),
    ...checkDelay(uplink, delay4, settings),
  ];
}

/**
 * A single interface's `forwarding` forwards nothing, but the kernel answers for guests only where it is on. Sources:
 * `ip6_forward` in net/ipv6/ip6_output.c, `ndisc_recv_ns` in net/ipv6/ndisc.c.
 */
function checkIpv6({ addresses, uplink }: RouteWish, routing: Routing): HostLack[] {
  if (!addresses.some(({ family }) => family === 6)) return [];
  const { settings } = routing;
  const files = uplink === null ? null : uplinkFiles(uplink);
  const off = [FORWARD6, ...(files === null ? [] : [files.forward6])].find((file) => isZero(file, settings));
  const forwarding = off === undefined ? [] : [notForwarding6(off, learningDevs(routing))];
  if (uplink === null || files === null) return forwarding;
  return [
    ...forwarding,
    ...checkProxyNdp(files.proxyNdp, settings),
    ...checkDelay(uplink, files.delay6, settings),
  ];
}

/** Interfaces whose default route the kernel learns from router advertisements, unless it forwards. */
function learningDevs({ routes, settings }: Routing): string[] {
  const learned = routes
    .filter(({ family, to, protocol }) => family === 6 && to === 'default' && protocol === FROM_ADVERTISEMENT)
    .flatMap(({ dev }) => dev ?? [])
    // With 0, a network manager has learned it; with 2, the kernel still learns it.
    .filter((dev) => (settings.get(acceptRa(dev)) ?? '1') === '1');
  return [...new Set(learned)];
}

function checkProxyNdp(ofUplink: string, settings: Routing['settings']): HostLack[] {
  if (!isZero(PROXY_NDP, settings)) return [];
  return [isZero(ofUplink, settings) ? noProxyNdp() : noProxyNdpAgain()];
}

function checkDelay(uplink: string, file: string, settings: Routing['settings']): HostLack[] {
  return isZero(file, settings) ? [] : [answersLate(uplink, file, settings.get(file) ?? '')];
}

function checkNetworks({ addresses, uplink }: RouteWish, { links }: Routing): HostLack[] {
  if (uplink === null) return [];
  const networks = (links.get(uplink)?.addresses ?? []).flatMap(({ address }) => networkOf(address) ?? []);
  return addresses
    .filter((address) => !networks.some((network) => contains(network, address)))
    .map((address) => inNoNetwork(uplink, address));
}

/** A file that does not exist, as without IPv6, counts as 0. */
function isZero(file: string, settings: Routing['settings']): boolean {
  return (settings.get(file) ?? '0') === '0';
}
