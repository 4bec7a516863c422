import { sysctlFile } from './sysctl';

export const FORWARD4 = sysctlFile('net', 'ipv4', 'ip_forward');
export const FORWARD6 = sysctlFile('net', 'ipv6', 'conf', 'all', 'forwarding');
export const PROXY_NDP = sysctlFile('net', 'ipv6', 'conf', 'all', 'proxy_ndp');
export const PROXY_ARP = sysctlFile('net', 'ipv4', 'conf', 'all', 'proxy_arp');
export const REDIRECTS = sysctlFile('net', 'ipv4', 'conf', 'all', 'send_redirects');

/** Whether the kernel learns from router advertisements: 0 no, 1 unless it forwards, 2 always. */
export function acceptRa(dev: string): string {
  return sysctlFile('net', 'ipv6', 'conf', dev, 'accept_ra');
}

/** The settings of an uplink. */
export function uplinkFiles(dev: string) {
  return {
    forward4: sysctlFile('net', 'ipv4', 'conf', dev, 'forwarding'),
    forward6: sysctlFile('net', 'ipv6', 'conf', dev, 'forwarding'),
    acceptRa: acceptRa(dev),
    proxyNdp: sysctlFile('net', 'ipv6', 'conf', dev, 'proxy_ndp'),
    proxyArp: sysctlFile('net', 'ipv4', 'conf', dev, 'proxy_arp'),
    redirects: sysctlFile('net', 'ipv4', 'conf', dev, 'send_redirects'),
    delay4: sysctlFile('net', 'ipv4', 'neigh', dev, 'proxy_delay'),
    delay6: sysctlFile('net', 'ipv6', 'neigh', dev, 'proxy_delay'),
  };
}

/**
 * The files below /proc/sys that matter for routed interfaces. Those of an interface are named after it.
 *
 * @param uplinks also interfaces with a default route, whose `accept_ra` matters
 */
export function settingsFor(uplinks: readonly string[], taps: readonly string[]): string[] {
  const files = [
    ...[FORWARD4, FORWARD6, PROXY_NDP, PROXY_ARP, REDIRECTS],
    ...uplinks.flatMap((dev) => Object.values(uplinkFiles(dev))),
    ...taps.flatMap((dev) => [
      sysctlFile('net', 'ipv4', 'conf', dev, 'forwarding'),
      sysctlFile('net', 'ipv4', 'conf', dev, 'proxy_arp'),
      acceptRa(dev),
    ]),
  ];
  return [...new Set(files)];
}
