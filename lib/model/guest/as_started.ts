import type { Domain } from './domain';

/**
 * A guest that is off, as its hooks will see it when it starts: interfaces in a network have its bridge (domain_conf.c
 * virDomainNetDefFormat), and those without an alias get the one that libvirt will assign, see numberInterfaces. Only
 * the names of taps remain unknown.
 *
 * @param bridgeOf the bridge of a libvirt network; null: unknown
 */
export function asStarted(domain: Domain, bridgeOf: (network: string) => string | null): Domain {
  const interfaces = domain.interfaces.map((iface) => ({
    ...iface,
    bridge: iface.bridge ?? (iface.network === null ? null : bridgeOf(iface.network)),
    alias: iface.alias ?? (iface.nic === null ? null : `net${iface.nic}`),
  }));
  return { ...domain, interfaces };
}
