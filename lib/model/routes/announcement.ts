import type { IpAddress } from '../address/ip_address';

/** What a host announces: at this MAC address, its own, this address of a guest is reached from now on. */
export interface Announced {
  readonly mac: readonly number[];
  readonly address: IpAddress;
  /** The link-local address of the interface, the source of IPv6 announcements; null: the announced address itself. */
  readonly linkLocal: IpAddress | null;
}

const BROADCAST = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
const NOBODY = [0, 0, 0, 0, 0, 0];
/** ff02::1, and its MAC address (RFC 2464). */
const ALL_NODES = [0xff, 0x02, ...new Array<number>(13).fill(0), 1];
const ALL_NODES_MAC = [0x33, 0x33, 0, 0, 0, 1];

const ARP_REQUEST = 1;
const ARP_REPLY = 2;
const ICMPV6 = 58;
const NEIGHBOUR_ADVERTISEMENT = 136;
/** Router, and Override: neighbours replace what they have (RFC 4861, 4.4). */
const FLAGS = 0xa0;
const TARGET_LINK_LAYER = 2;

/**
 * The Ethernet frames of an announcement. IPv4: a request and a reply of ARP, each with the address as sender and as
 * target, as routers differ in which of them they heed. IPv6: an unsolicited neighbour advertisement to all nodes.
 */
export function announcementFrames(announced: Announced): Uint8Array[] {
  if (announced.address.family === 6) return [neighbourAdvertisement(announced)];
  return [arp(announced, ARP_REQUEST, NOBODY), arp(announced, ARP_REPLY, BROADCAST)];
}

/** RFC 826; an announcement as in RFC 5227, 3. */
function arp({ mac, address }: Announced, operation: number, target: readonly number[]): Uint8Array {
  return Uint8Array.from([
    ...[...BROADCAST, ...mac, ...word(0x0806)],
    ...[...word(1), ...word(0x0800), 6, 4, ...word(operation)],
    ...[...mac, ...address.bytes, ...target, ...address.bytes],
  ]);
}

function neighbourAdvertisement({ mac, address, linkLocal }: Announced): Uint8Array {
  const source = (linkLocal ?? address).bytes;
  const message = [NEIGHBOUR_ADVERTISEMENT, 0, 0, 0, FLAGS, 0, 0, 0, ...address.bytes];
  message.push(TARGET_LINK_LAYER, 1, ...mac);
  const length = word(message.length);
  // RFC 8200, 8.1.
  const pseudoHeader = [...source, ...ALL_NODES, 0, 0, ...length, 0, 0, 0, ICMPV6];
  const [high = 0, low = 0] = word(checksum([...pseudoHeader, ...message]));
  message.splice(2, 2, high, low);
  return Uint8Array.from([
    ...[...ALL_NODES_MAC, ...mac, ...word(0x86dd)],
    // Version 6; a hop limit of 255 shows that no router has forwarded it.
    ...[0x60, 0, 0, 0, ...length, ICMPV6, 255, ...source, ...ALL_NODES],
    ...message,
  ]);
}

/** RFC 1071, of an even number of bytes. */
function checksum(bytes: readonly number[]): number {
  let sum = 0;
  for (let place = 0; place < bytes.length; place += 2)
    sum += ((bytes[place] ?? 0) << 8) + (bytes[place + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function word(value: number): [high: number, low: number] {
  return [value >> 8, value & 0xff];
}
