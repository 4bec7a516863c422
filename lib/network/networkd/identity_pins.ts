import type { NetLink } from '../../model/network/host_network';
import { valueOf, valuesOf, type Section } from '../sections';
import type { DhcpIdentity } from './dhcp_identity';
import { eui64, identifierAddress, interfaceIdentifier } from '../interface_identifier';
import { without } from './move_sections';
import type { Finding } from './problems';
import { sectionOf, type RawSection } from './raw_sections';
import { slaacIdentifiers } from './slaac_identifiers';

/** The sections of the bridge with what systemd-networkd derives from an interface's name written down. */
export interface Pinned {
  readonly sections: readonly RawSection[];
  readonly findings: readonly Finding[];
}

/** Pins the IAIDs of DHCP, by which the server knows the host. Source: dhcp_identifier_set_iaid(). */
export function pinIaids(
  moved: readonly RawSection[],
  effective: readonly Section[],
  identity: DhcpIdentity,
  port: string,
): Pinned {
  const isSet = (...names: string[]): boolean =>
    names.some((name) => valueOf(effective, name, 'IAID') !== null);
  const pins: RawSection[] = [];
  if (identity.iaid4 !== null && !isSet('DHCPv4', 'DHCP'))
    pins.push(sectionOf('DHCPv4', [['IAID', String(identity.iaid4)]]));
  if (identity.iaid6 !== null && !isSet('DHCPv6'))
    pins.push(sectionOf('DHCPv6', [['IAID', String(identity.iaid6)]]));
  const isUnknown =
    identity.clientId === null &&
    usesDhcp4(effective) &&
    valueOf(effective, 'DHCPv4', 'ClientIdentifier') !== 'mac' &&
    !isSet('DHCPv4', 'DHCP');
  return { sections: [...moved, ...pins], findings: isUnknown ? [{ kind: 'no-lease', port }] : [] };
}

function usesDhcp4(sections: readonly Section[]): boolean {
  const value = valueOf(sections, 'Network', 'DHCP') ?? '';
  return ['yes', 'true', 'on', '1', 'both', 'ipv4', 'v4'].includes(value.toLowerCase());
}

/**
 * Pins the interface identifier of SLAAC, if it is not made from the MAC address. One token serves all prefixes, so it
 * can be pinned only if all addresses share it. Source: networkd-address-generation.c.
 */
export function pinToken(moved: readonly RawSection[], effective: readonly Section[], port: NetLink): Pinned {
  const fromMac = eui64(port.mac);
  const tokens = [
    ...valuesOf(effective, 'IPv6AcceptRA', 'Token'),
    // The name of the setting before systemd 250.
    ...valuesOf(effective, 'Network', 'IPv6Token'),
  ];
  const fixed = tokens.flatMap((token) => /^(?:static:)?(::.+)$/.exec(token)?.[1] ?? []);
  const isKept = (id: string): boolean =>
    id === fromMac || fixed.some((token) => interfaceIdentifier(token) === id);
  const identifiers = slaacIdentifiers(port);
  const [changing] = identifiers.filter((id) => !isKept(id));
  if (changing === undefined) return { sections: moved, findings: linkLocal(port, effective, fromMac) };
  if (identifiers.length > 1) {
    const addresses = port.addresses
      .filter(({ family, isDynamic, isTemporary }) => family === 6 && isDynamic && !isTemporary)
      .map(({ address }) => address);
    const change: Finding = { kind: 'addresses-change', addresses, port: port.name };
    return { sections: moved, findings: [change, ...linkLocal(port, effective, fromMac)] };
  }
  const rest = moved
    .map((section) => without(section, 'IPv6AcceptRA', ['Token']))
    .map((section) => without(section, 'Network', ['IPv6Token']));
  const token = sectionOf('IPv6AcceptRA', [['Token', `static:${identifierAddress(changing)}`]]);
  return { sections: [...rest, token], findings: linkLocal(port, effective, fromMac) };
}

/** Link-local addresses that nobody has written into the file. */
function linkLocal(port: NetLink, effective: readonly Section[], fromMac: string): Finding[] {
  const written = ['Network', 'Address'].flatMap((section) => valuesOf(effective, section, 'Address'));
  const kept = [fromMac, ...written.filter((address) => /^fe[89ab]/i.test(address)).map(interfaceIdentifier)];
  return port.addresses
    .filter(
      ({ family, scope, address }) =>
        family === 6 && scope === 'link' && !kept.includes(interfaceIdentifier(address)),
    )
    .map(({ address }) => ({ kind: 'link-local-changes', address, port: port.name }));
}
