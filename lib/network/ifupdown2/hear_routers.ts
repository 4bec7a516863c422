import type { HostNetwork, NetLink } from '../../model/network/host_network';

/** Whether the kernel has addresses or routes from router advertisements. */
export function hearsRouters(link: NetLink, { routes }: HostNetwork): boolean {
  return (
    link.addresses.some(({ family, isDynamic }) => family === 6 && isDynamic) ||
    routes.some(({ dev, protocol }) => dev === link.name && protocol === 'ra')
  );
}

/**
 * Makes the kernel ask for routers, as arguments of `sysctl` and `ip`: it asks when an interface gets its only link-local
 * address (addrconf.c, addrconf_dad_completed), unless accept_ra is 0, or is 1 while the interface forwards.
 *
 * @param link the interface that has, or had, the addresses
 * @param dev the interface that gets them
 */
export function askForRouters(link: NetLink, dev: string, acceptRa: string): string[][] {
  const own = link.addresses.filter(({ family, scope }) => family === 6 && scope === 'link');
  return [
    ['sysctl', '-q', '-w', `net/ipv6/conf/${dev}/accept_ra=${acceptRa}`],
    ...own.slice(0, 1).flatMap(({ address }) => [
      ['ip', '-6', 'addr', 'flush', 'dev', dev, 'scope', 'link'],
      ['ip', 'addr', 'add', address, 'dev', dev],
    ]),
  ];
}
