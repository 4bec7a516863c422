/** The lower half of an IPv6 address as 16 hexadecimal digits; null: it is none. A prefix length may follow. */
export function interfaceIdentifier(address: string): string | null {
  const [bare = ''] = address.split('/');
  const [head = '', tail] = bare.split('::');
  const words = (text: string): string[] => text.split(':').filter((word) => word !== '');
  const [before, after] = [words(head), words(tail ?? '')];
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  if (zeros < 0) return null;
  const all = [...before, ...Array<string>(zeros).fill('0'), ...after];
  if (all.length !== 8 || all.some((word) => !/^[0-9a-f]{1,4}$/i.test(word))) return null;
  return all
    .slice(4)
    .map((word) => word.toLowerCase().padStart(4, '0'))
    .join('');
}

/** The identifier that a MAC address gives (RFC 4291, appendix A). */
export function eui64(mac: string): string {
  const [first = 0, ...rest] = mac.split(':').map((byte) => parseInt(byte, 16));
  const bytes = [first ^ 2, ...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2)];
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** An identifier as an address: `::5054:ff:feaa:bbcc`. */
export function identifierAddress(identifier: string): string {
  const words = identifier.match(/.{4}/g) ?? [];
  return `::${words.map((word) => parseInt(word, 16).toString(16)).join(':')}`;
}
