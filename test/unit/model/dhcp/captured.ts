import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pcapReader, type Packet } from '../../../../lib/model/dhcp/pcap_reader';

/**
 * What tcpdump 4.99 wrote while udhcpc 1.35 and dhclient 4.4 (first as a client of DHCPv6) got their addresses from
 * dnsmasq 2.90, without VLANs.
 */
export const CAPTURE: Uint8Array = readFileSync(join(__dirname, 'dnsmasq.pcap'));

/** The packets in it. */
export function capturedPackets(): readonly Packet[] {
  return pcapReader()(CAPTURE).packets;
}

/** A frame with tags behind its addresses: protocol and VID of each. */
export function withTags(
  frame: Uint8Array,
  ...tags: (readonly [protocol: number, vid: number])[]
): Uint8Array {
  const words = tags.flatMap(([protocol, vid]) => [protocol >> 8, protocol & 255, vid >> 8, vid & 255]);
  return Uint8Array.from([...frame.slice(0, 12), ...words, ...frame.slice(12)]);
}
