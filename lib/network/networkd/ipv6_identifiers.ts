import type { NetLink } from '../../model/network/host_network';

/** The interface identifiers (the last 64 bits, `::5054:ff:feaa:bbcc`) of the addresses that SLAAC gave an interface. */
export function slaacIdentifiers(port: NetLink): string[] {
  const identifiers = port.addresses
    .filter(({ family, scope, isDynamic, isTemporary, address }) => {
      // DHCPv6 gives single addresses.
      return family === 6 && scope === 'global' && isDynamic && !isTemporary && address.endsWith('/64');
    })
    .map(({ address }) => identifierOf(address));
  return [...new Set(identifiers)];
}

/** The identifier that is made from a MAC address. Source: RFC 4291, appendix A. */
export function eui64(mac: string): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac.split(':').map((byte) => parseInt(byte, 16));
  return format([((a ^ 2) << 8) | b, (c << 8) | 0xff, 0xfe00 | d, (e << 8) | f]);
}

/** The identifier of an address in any of its forms. */
export function identifierOf(address: string): string {
  const [text = ''] = address.split('/');
  const [head = '', tail] = text.split('::');
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => parseInt(group, 16));
  const [first, last] = [groups(head), groups(tail ?? '')];
  const zeros = Array<number>(tail === undefined ? 0 : 8 - first.length - last.length).fill(0);
  return format([...first, ...zeros, ...last].slice(4));
}

function format(groups: readonly number[]): string {
  return `::${groups.map((group) => group.toString(16)).join(':')}`;
}
