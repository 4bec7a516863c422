import type { Domain } from '../domain/domain';

/**
 * A guest that is off, as its hooks will see it once it starts: interfaces in a network have its bridge
 * (domain_conf.c virDomainNetDefFormat), and those without an alias the next one (qemu_alias.c
 * qemuAssignDeviceNetAlias; an administrator's own begin with ua-). Only names of taps are left open.
 *
 * @param bridgeOf the bridge of a libvirt network; null where it is not known
 */
export function asStarted(domain: Domain, bridgeOf: (network: string) => string | null): Domain {
  let next = 0;
  const interfaces = domain.interfaces.map((iface) => ({
    ...iface,
    bridge: iface.bridge ?? (iface.network === null ? null : bridgeOf(iface.network)),
    // A device of the host's is called hostdev<n>, and counted with others of its kind.
    alias: iface.alias ?? (iface.type === 'hostdev' ? null : `net${next++}`),
  }));
  return { ...domain, interfaces };
}
