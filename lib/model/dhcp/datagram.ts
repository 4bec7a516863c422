import { formatIp } from '../address/ip_address';
import { formatMac } from '../address/mac';
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
    sourceMac: formatMac(frame.subarray(6, 12)),
    destinationMac: formatMac(frame.subarray(0, 6)),
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
  return { family: 4, source: ipText(packet.subarray(12, 16)), udp: packet.subarray(length) };
}

/** DHCPv6 uses no extension headers. */
function readIpv6(packet: Uint8Array): Inner | null {
  if ((packet[0] ?? 0) >> 4 !== 6 || packet.length < 40 || packet[6] !== UDP) return null;
  return { family: 6, source: ipText(packet.subarray(8, 24)), udp: packet.subarray(40) };
}

/** A number of 16 bits; -1: the bytes end before it. */
function word(bytes: Uint8Array, at: number): number {
  const [high, low] = [bytes[at], bytes[at + 1]];
  return high === undefined || low === undefined ? -1 : high * 256 + low;
}

/** An address of 4 or 16 bytes as text. */
export function ipText(bytes: Uint8Array): string {
  return formatIp({ family: bytes.length === 4 ? 4 : 6, bytes: [...bytes] });
}
