/** An IPv4 or IPv6 address as its bytes: 4 or 16 of them. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly bytes: readonly number[];
}

/** All addresses that begin with the same bits. */
export interface IpPrefix {
  /** Its bits behind `length` are 0. */
  readonly address: IpAddress;
  readonly length: number;
}

/** null: it is no address. Zones (`fe80::1%eth0`) and IPv4 bytes with leading zeros are not addresses here. */
export function parseIp(text: string): IpAddress | null {
  const bytes = text.includes(':') ? parse6(text) : parse4(text);
  return bytes === null ? null : { family: bytes.length === 4 ? 4 : 6, bytes };
}

/** `203.0.113.16/28`, or an address alone. null: it is none, or has bits behind the prefix. */
export function parsePrefix(text: string): IpPrefix | null {
  const [base = '', length, ...more] = text.split('/');
  const address = parseIp(base);
  if (address === null || more.length > 0) return null;
  const bits = address.bytes.length * 8;
  if (length === undefined) return { address, length: bits };
  if (!/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > bits) return null;
  const prefix = { address, length: Number(length) };
  return contains(prefix, address) && isClean(prefix) ? prefix : null;
}

/** The network of an interface's address, `192.0.2.10/24`; null: it is no such address. */
export function networkOf(text: string): IpPrefix | null {
  const [base = '', digits = ''] = text.split('/');
  const address = parseIp(base);
  const length = Number(digits);
  if (address === null || !/^\d+$/.test(digits) || length > address.bytes.length * 8) return null;
  const bytes = address.bytes.map((byte, place) => byte & maskOf(length, place));
  return { address: { ...address, bytes }, length };
}

export function contains({ address, length }: IpPrefix, { family, bytes }: IpAddress): boolean {
  return (
    family === address.family &&
    bytes.every((byte, place) => {
      const mask = maskOf(length, place);
      return (byte & mask) === ((address.bytes[place] ?? 0) & mask);
    })
  );
}

export function equalIp(a: IpAddress, b: IpAddress): boolean {
  return a.family === b.family && a.bytes.every((byte, place) => byte === b.bytes[place]);
}

/** As `ip` prints it: IPv6 in lower case, with its longest run of zeros left out (RFC 5952). */
export function formatIp({ family, bytes }: IpAddress): string {
  if (family === 4) return bytes.join('.');
  const words = Array.from({ length: 8 }, (_, word) =>
    (((bytes[2 * word] ?? 0) << 8) | (bytes[2 * word + 1] ?? 0)).toString(16),
  );
  const run = longestZeros(words);
  if (run.length < 2) return words.join(':');
  return `${words.slice(0, run.start).join(':')}::${words.slice(run.start + run.length).join(':')}`;
}

export function formatPrefix({ address, length }: IpPrefix): string {
  return `${formatIp(address)}/${length}`;
}

function maskOf(length: number, place: number): number {
  const bits = Math.min(Math.max(length - 8 * place, 0), 8);
  return 0xff & (0xff << (8 - bits));
}

function isClean({ address, length }: IpPrefix): boolean {
  return address.bytes.every((byte, place) => (byte & ~maskOf(length, place)) === 0);
}

function parse4(text: string): number[] | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return null;
  return parts.map(Number);
}

function parse6(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => (half === '' ? [] : wordsOf(half)));
  if (head === undefined || head === null || tail === null) return null;
  if (tail === undefined) return head.length === 16 ? head : null;
  const gap = 16 - head.length - tail.length;
  return gap < 2 ? null : [...head, ...new Array<number>(gap).fill(0), ...tail];
}

/** The bytes of `2001:db8` or `ffff:192.0.2.1`. */
function wordsOf(text: string): number[] | null {
  const bytes: number[] = [];
  const words = text.split(':');
  for (const [place, word] of words.entries()) {
    const last = place === words.length - 1 && word.includes('.') ? parse4(word) : null;
    if (last !== null) bytes.push(...last);
    else if (/^[0-9a-f]{1,4}$/i.test(word)) bytes.push(parseInt(word, 16) >> 8, parseInt(word, 16) & 0xff);
    else return null;
  }
  return bytes;
}

function longestZeros(words: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < words.length; start += 1) {
    let length = 0;
    while (words[start + length] === '0') length += 1;
    if (length > best.length) best = { start, length };
  }
  return best;
}
