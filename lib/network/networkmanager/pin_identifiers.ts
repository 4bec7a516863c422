import type { NetAddress, NetLink } from '../../model/network/host_network';
import { eui64, identifierAddress, interfaceIdentifier } from '../interface_identifier';
import { keyOf, type Keyfile, sectionsOf, setValue } from './keyfile';
import { methodOf } from './method_of';
import type { Pinned } from './pinned';
import { addressChanges, becomesStatic } from './problems';

/**
 * Keeps the IPv6 addresses that NetworkManager generates. With `stable-privacy`, its default, it computes them from the
 * name of the interface and the profile. A token gives the same identifier on all interfaces, but only one, and the
 * link-local address does not use it: other addresses become static ones.
 */
export function pinIdentifiers(keyfile: Keyfile, port: NetLink): Pinned {
  const method = methodOf(keyfile, 'ipv6');
  if (['disabled', 'ignore'].includes(method)) return { keyfile, problems: [] };
  const of6 = port.addresses.filter(({ family, isUnusable }) => family === 6 && !isUnusable);
  const generated = of6.filter(isGenerated);
  const local = of6.find(({ scope }) => scope === 'link') ?? null;
  const fromMac = eui64(port.mac);
  const isLocalByMac = local !== null && interfaceIdentifier(local.address) === fromMac;
  // Prefixes of the Internet change more often than those of a site.
  const main = generated.find(({ address }) => !isOfSite(address)) ?? generated[0] ?? null;
  const wanted = interfaceIdentifier((main ?? (isLocalByMac ? local : null))?.address ?? '');
  const pinned = wanted === null ? keyfile : withIdentifier(keyfile, wanted, fromMac);
  const others = generated.filter(({ address }) => interfaceIdentifier(address) !== wanted);
  const extra = local === null || (isLocalByMac && wanted !== null) ? others : [...others, local];
  // With other methods, a profile cannot have static addresses.
  const canAdd = ['auto', 'dhcp', 'manual'].includes(method);
  return {
    keyfile: canAdd ? extra.reduce((edited, { address }) => withAddress(edited, address), pinned) : pinned,
    problems: [
      ...(canAdd ? others.map(becomesStatic) : extra.map(addressChanges)),
      ...of6.filter(({ isTemporary }) => isTemporary).map(addressChanges),
    ],
  };
}

/** From a prefix of a router; addresses of DHCPv6 have no prefix. */
function isGenerated({ address, scope, isDynamic, isTemporary }: NetAddress): boolean {
  return scope === 'global' && isDynamic && !isTemporary && address.endsWith('/64');
}

/** A unique local address: RFC 4193. */
function isOfSite(address: string): boolean {
  return /^f[cd]/i.test(address);
}

function withIdentifier(keyfile: Keyfile, wanted: string, fromMac: string): Keyfile {
  const token = wanted === fromMac ? null : identifierAddress(wanted);
  const byMac = setValue(keyfile, 'ipv6', 'addr-gen-mode', 'eui64');
  return setValue(byMac, 'ipv6', 'token', token);
}

/** The keys of addresses are numbered, and the first address is the preferred one. */
function withAddress(keyfile: Keyfile, address: string): Keyfile {
  const numbers = sectionsOf(keyfile, 'ipv6').flatMap(({ lines }) =>
    lines.map((line) => Number(/^address(?:es)?(\d+)$/.exec(keyOf(line) ?? '')?.[1] ?? 0)),
  );
  return setValue(keyfile, 'ipv6', `address${Math.max(0, ...numbers) + 1}`, address);
}
