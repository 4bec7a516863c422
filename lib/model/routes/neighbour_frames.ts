import type { IpAddress } from '../address/ip_address';

export const BROADCAST = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
export const NOBODY = [0, 0, 0, 0, 0, 0];
/** `0.0.0.0` and `::`, the sender of what a host sends before it has an address. */
export const UNSPECIFIED = { 4: new Array<number>(4).fill(0), 6: new Array<number>(16).fill(0) };

export const ETHERTYPE = { arp: 0x0806, ipv6: 0x86dd };
export const ARP = { request: 1, reply: 2 };
export const NEIGHBOUR = { solicitation: 135, advertisement: 136 };
/** The option of an advertisement with the sender's MAC address (RFC 4861, 4.6.1). */
export const TARGET_LINK_LAYER = 2;
export const ICMPV6 = 58;
/** The hop limit of each neighbour message: it shows that no router has forwarded it. */
export const NOT_FORWARDED = 255;

/** A side of an ARP message. */
export interface ArpSide {
  readonly mac: readonly number[];
  readonly ip: readonly number[];
}

/** A broadcast of ARP in Ethernet (RFC 826). */
export function arpFrame(operation: number, sender: ArpSide, target: ArpSide): Uint8Array {
  return Uint8Array.from([
    ...[...BROADCAST, ...sender.mac, ...word(ETHERTYPE.arp)],
    ...[...word(1), ...word(0x0800), 6, 4, ...word(operation)],
    ...[...sender.mac, ...sender.ip, ...target.mac, ...target.ip],
  ]);
}

/**
 * A neighbour message of ICMPv6 to a multicast group, in Ethernet.
 *
 * @param message its checksum is 0
 */
export function neighbourFrame(
  mac: readonly number[],
  source: readonly number[],
  group: readonly number[],
  message: readonly number[],
): Uint8Array {
  const length = word(message.length);
  // RFC 8200, 8.1.
  const pseudoHeader = [...source, ...group, 0, 0, ...length, 0, 0, 0, ICMPV6];
  const sum = word(checksum([...pseudoHeader, ...message]));
  return Uint8Array.from([
    // RFC 2464, 7.
    ...[0x33, 0x33, ...group.slice(12), ...mac, ...word(ETHERTYPE.ipv6)],
    ...[0x60, 0, 0, 0, ...length, ICMPV6, NOT_FORWARDED, ...source, ...group],
    ...[...message.slice(0, 2), ...sum, ...message.slice(4)],
  ]);
}

/** The group of those that may have an address (RFC 4291, 2.7.1). */
export function solicitedNode({ bytes }: IpAddress): number[] {
  return [0xff, 0x02, ...new Array<number>(9).fill(0), 1, 0xff, ...bytes.slice(13)];
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
