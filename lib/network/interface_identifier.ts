import { parseIp } from '../model/address/ip_address';
import { parseMac } from '../model/address/mac';

/** The lower half of an IPv6 address as 16 hexadecimal digits; null: it is none. A prefix length may follow. */
export function interfaceIdentifier(address: string): string | null {
  const [bare = ''] = address.split('/');
  const ip = parseIp(bare);
  return ip?.family === 6 ? toDigits(ip.bytes.slice(8)) : null;
}

/** The identifier that a MAC address gives (RFC 4291, appendix A). */
export function eui64(mac: string): string {
  const [first = 0, ...rest] = parseMac(mac) ?? [];
  return toDigits([first ^ 2, ...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2)]);
}

/** An identifier as an address: `::5054:ff:feaa:bbcc`. */
export function identifierAddress(identifier: string): string {
  const words = identifier.match(/.{4}/g) ?? [];
  return `::${words.map((word) => parseInt(word, 16).toString(16)).join(':')}`;
}

function toDigits(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
