import type { NetLink } from '../../model/network/host_network';
import { interfaceIdentifier } from '../interface_identifier';

/** The interface identifiers of the addresses that SLAAC gave an interface. */
export function slaacIdentifiers(port: NetLink): string[] {
  const identifiers = port.addresses
    .filter(({ family, scope, isDynamic, isTemporary, address }) => {
      // DHCPv6 gives single addresses.
      return family === 6 && scope === 'global' && isDynamic && !isTemporary && address.endsWith('/64');
    })
    .flatMap(({ address }) => interfaceIdentifier(address) ?? []);
  return [...new Set(identifiers)];
}
