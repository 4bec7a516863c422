import { parseIp } from '../../lib/model/address/ip_address';
import { parseMac } from '../../lib/model/address/mac';

/** Frames as a guest could forge them, as bytes. Checksums are 0: no filter reads them. */

const BROADCAST = 'ff:ff:ff:ff:ff:ff';
const ICMPV6 = 58;

const word = (value: number): number[] => [value >> 8, value & 0xff];

function mac(text: string): number[] {
  const bytes = parseMac(text);
  if (bytes === null) throw new Error(`${text} is no MAC address`);
  return bytes;
}

function ip(text: string): readonly number[] {
  const address = parseIp(text);
  if (address === null) throw new Error(`${text} is no address`);
  return address.bytes;
}

export function ethernet(from: string, type: number, payload: readonly number[]): Uint8Array {
  return Uint8Array.from([...mac(BROADCAST), ...mac(from), ...word(type), ...payload]);
}

/** The frame with a tag of 802.1Q. */
export function tagged(frame: Uint8Array, vid: number): Uint8Array {
  return Uint8Array.from([...frame.slice(0, 12), ...word(0x8100), ...word(vid), ...frame.slice(12)]);
}

export interface ArpFrame {
  /** Of the frame. */
  from: string;
  operation?: 'request' | 'reply';
  senderMac?: string;
  sender: string;
  target: string;
}

export function arp({ from, operation = 'request', senderMac = from, sender, target }: ArpFrame): Uint8Array {
  const head = [...word(1), ...word(0x0800), 6, 4, ...word(operation === 'request' ? 1 : 2)];
  return ethernet(from, 0x0806, [...head, ...mac(senderMac), ...ip(sender), 0, 0, 0, 0, 0, 0, ...ip(target)]);
}

/** A datagram of UDP without content. */
export function ipv4(from: string, source: string): Uint8Array {
  const udp = [...word(1000), ...word(9), ...word(8), 0, 0];
  const head = [0x45, 0, ...word(20 + udp.length), 0, 0, 0, 0, 64, 17, 0, 0];
  return ethernet(from, 0x0800, [...head, ...ip(source), ...ip('192.0.2.1'), ...udp]);
}

/** An ICMPv6 message of this type; `before`: options of an extension header, by its number. */
export function icmpv6(from: string, source: string, type: number, before: number | null = null): Uint8Array {
  const message = [type, 0, 0, 0, ...new Array<number>(28).fill(0)];
  // Eight bytes, filled up with PadN.
  const payload = before === null ? message : [ICMPV6, 0, 1, 4, 0, 0, 0, 0, ...message];
  const head = [0x60, 0, 0, 0, ...word(payload.length), before ?? ICMPV6, 255];
  return ethernet(from, 0x86dd, [...head, ...ip(source), ...ip('ff02::1'), ...payload]);
}
