import { equalIp, type IpAddress } from '../address/ip_address';
import {
  ARP,
  arpFrame,
  ETHERTYPE,
  ICMPV6,
  NEIGHBOUR,
  neighbourFrame,
  NOBODY,
  NOT_FORWARDED,
  solicitedNode,
  TARGET_LINK_LAYER,
  UNSPECIFIED,
} from './neighbour_frames';

/** An address that a frame shows to be in use, and the MAC address at which it is. */
export interface Claim {
  readonly address: IpAddress;
  readonly mac: readonly number[];
}

/**
 * The Ethernet frames that ask whether an address is in use, as a host asks before it takes the address: a probe of ARP
 * (RFC 5227, 2.1.1), or a neighbour solicitation for duplicate address detection (RFC 4862, 5.4.2).
 *
 * @param asker an IPv4 address of this host. Linux answers a probe only for addresses of its own, and a request from an
 *   address also for those that it routes to its guests (net/ipv4/arp.c, arp_process). null: it has none
 */
export function probeFrames(
  mac: readonly number[],
  address: IpAddress,
  asker: IpAddress | null,
): Uint8Array[] {
  if (address.family === 6) {
    const message = [NEIGHBOUR.solicitation, 0, 0, 0, 0, 0, 0, 0, ...address.bytes];
    return [neighbourFrame(mac, UNSPECIFIED[6], solicitedNode(address), message)];
  }
  const target = { mac: NOBODY, ip: address.bytes };
  const senders = [UNSPECIFIED[4], ...(asker === null ? [] : [asker.bytes])];
  return senders.map((ip) => arpFrame(ARP.request, { mac, ip }, target));
}

/**
 * What an Ethernet frame says about an address: it is in use, or another host is about to take it. null: nothing.
 * Frames shorter than their contents say nothing.
 */
export function readClaim(frame: Uint8Array): Claim | null {
  const type = wordAt(frame, 12);
  if (type === ETHERTYPE.arp) return readArp(frame);
  return type === ETHERTYPE.ipv6 ? readNeighbour(frame) : null;
}

/** RFC 5227, 2.1.1: any message from the address, or a probe for it by another host. */
function readArp(frame: Uint8Array): Claim | null {
  const isEthernetAndIp =
    wordAt(frame, 14) === 1 && wordAt(frame, 16) === 0x0800 && wordAt(frame, 18) === 0x0604;
  const operation = wordAt(frame, 20);
  if (frame.length < 42 || !isEthernetAndIp) return null;
  const mac = [...frame.subarray(22, 28)];
  const sender = ipAt(frame, 28, 4);
  if (!equalIp(sender, { family: 4, bytes: UNSPECIFIED[4] })) return { address: sender, mac };
  return operation === ARP.request ? { address: ipAt(frame, 38, 4), mac } : null;
}

/** RFC 4862, 5.4.3 and 5.4.4: an advertisement, or a solicitation from no address. */
function readNeighbour(frame: Uint8Array): Claim | null {
  if (frame.length < 78 || frame[20] !== ICMPV6 || frame[21] !== NOT_FORWARDED) return null;
  const address = ipAt(frame, 62, 6);
  const sender = [...frame.subarray(6, 12)];
  if (frame[54] === NEIGHBOUR.advertisement) return { address, mac: targetOption(frame) ?? sender };
  const isProbe =
    frame[54] === NEIGHBOUR.solicitation && equalIp(ipAt(frame, 22, 6), { family: 6, bytes: UNSPECIFIED[6] });
  return isProbe ? { address, mac: sender } : null;
}

/** The MAC address that an advertisement gives for its target; null: it gives none. */
function targetOption(frame: Uint8Array): number[] | null {
  for (let place = 78; place + 8 <= frame.length;) {
    const [type, units = 0] = frame.subarray(place);
    if (type === TARGET_LINK_LAYER && units === 1) return [...frame.subarray(place + 2, place + 8)];
    if (units === 0) return null;
    place += 8 * units;
  }
  return null;
}

function ipAt(frame: Uint8Array, place: number, family: 4 | 6): IpAddress {
  return { family, bytes: [...frame.subarray(place, place + (family === 4 ? 4 : 16))] };
}

function wordAt(frame: Uint8Array, place: number): number {
  return ((frame[place] ?? 0) << 8) | (frame[place + 1] ?? 0);
}
