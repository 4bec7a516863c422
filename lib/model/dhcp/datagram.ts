import type { VlanProtocol } from '../host/host';

/** A VLAN tag of a frame. */
export interface FrameTag {
  readonly protocol: VlanProtocol;
  /** 0..4095; 0: it contains only a priority. */
  readonly vid: number;
}

/** A UDP datagram, and the frame that carries it. */
export interface Datagram {
  /** MAC addresses in lower case. */
  readonly sourceMac: string;
  readonly destinationMac: string;
  /** The outermost first. */
  readonly tags: readonly FrameTag[];
  readonly family: 4 | 6;
  /** The IP address of the sender. */
  readonly source: string;
  readonly destinationPort: number;
  readonly payload: Uint8Array;
}

const TAGS: ReadonlyMap<number, VlanProtocol> = new Map([
  [0x8100, '802.1Q'],
  [0x88a8, '802.1ad'],
]);
/** More tags than any bridge adds. */
const MAX_TAGS = 3;
const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const UDP = 17;

/** Reads the UDP datagram in an Ethernet frame. null: it is something else, a fragment, or truncated. */
export function readDatagram(frame: Uint8Array): Datagram | null {
  let at = 12;
  const tags: FrameTag[] = [];
  for (let protocol; (protocol = TAGS.get(word(frame, at))) !== undefined; at += 4) {
    if (tags.length === MAX_TAGS) return null;
    tags.push({ protocol, vid: word(frame, at + 2) & 0x0fff });
  }
  const type = word(frame, at);
  const packet = frame.subarray(at + 2);
  const inner = type === IPV4 ? readIpv4(packet) : type === IPV6 ? readIpv6(packet) : null;
  if (inner === null || inner.udp.length < 8) return null;
  const { udp, ...ip } = inner;
  // A frame may be longer than its datagram, but not the other way round.
  const length = word(udp, 4);
  return {
    sourceMac: macText(frame.subarray(6, 12)),
    destinationMac: macText(frame.subarray(0, 6)),
    tags,
    ...ip,
    destinationPort: word(udp, 2),
    payload: udp.subarray(8, Math.max(8, length)),
  };
}

type Inner = Pick<Datagram, 'family' | 'source'> & { readonly udp: Uint8Array };

function readIpv4(packet: Uint8Array): Inner | null {
  const head = packet[0] ?? 0;
  const length = (head & 0x0f) * 4;
  if (head >> 4 !== 4 || length < 20 || packet.length < length || packet[9] !== UDP) return null;
  // Only the first fragment has ports; the flag "more fragments" does not matter.
  if ((word(packet, 6) & 0x1fff) !== 0) return null;
  return { family: 4, source: ipv4Text(packet.subarray(12, 16)), udp: packet.subarray(length) };
}

/** DHCPv6 uses no extension headers. */
function readIpv6(packet: Uint8Array): Inner | null {
  if ((packet[0] ?? 0) >> 4 !== 6 || packet.length < 40 || packet[6] !== UDP) return null;
  return { family: 6, source: ipv6Text(packet.subarray(8, 24)), udp: packet.subarray(40) };
}

/** A number of 16 bits; -1: the bytes end before it. */
function word(bytes: Uint8Array, at: number): number {
  const [high, low] = [bytes[at], bytes[at + 1]];
  return high === undefined || low === undefined ? -1 : high * 256 + low;
}

/** `52:54:00:12:34:56` */
export function macText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** `192.0.2.1` */
export function ipv4Text(bytes: Uint8Array): string {
  return bytes.join('.');
}

/** `2001:db8::1`, with the longest run of zeros left out (RFC 5952). */
export function ipv6Text(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) => word(bytes, index * 2).toString(16));
  const text = groups.join(':');
  const runs = [...text.matchAll(/(?<![^:])0(?::0)+(?![^:])/g)].map(([run]) => run);
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longest === '') return text;
  const start = text.search(new RegExp(`(?<![^:])${longest}(?![^:])`));
  const [before, after] = [text.slice(0, start), text.slice(start + longest.length)];
  return `${before.replace(/:$/, '')}::${after.replace(/^:/, '')}`;
}
