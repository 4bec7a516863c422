import type { IpAddress } from '../address/ip_address';
import {
  ARP,
  arpFrame,
  BROADCAST,
  NEIGHBOUR,
  neighbourFrame,
  NOBODY,
  TARGET_LINK_LAYER,
} from './neighbour_frames';

/** What a host announces: at this MAC address, its own, this address of a guest is reached from now on. */
export interface Announced {
  readonly mac: readonly number[];
  readonly address: IpAddress;
  /** The link-local address of the interface, the source of IPv6 announcements; null: the announced address itself. */
  readonly linkLocal: IpAddress | null;
}

/** ff02::1 */
const ALL_NODES = [0xff, 0x02, ...new Array<number>(13).fill(0), 1];
/** Router, and Override: neighbours replace what they have (RFC 4861, 4.4). */
const FLAGS = 0xa0;

/**
 * The Ethernet frames of an announcement. IPv4: a request and a reply of ARP, each with the address as sender and as
 * target, as routers differ in which of them they heed (RFC 5227, 3). IPv6: an unsolicited neighbour advertisement to all
 * nodes.
 */
export function announcementFrames({ mac, address, linkLocal }: Announced): Uint8Array[] {
  const { family, bytes: ip } = address;
  if (family === 4)
    return [
      arpFrame(ARP.request, { mac, ip }, { mac: NOBODY, ip }),
      arpFrame(ARP.reply, { mac, ip }, { mac: BROADCAST, ip }),
    ];
  const option = [TARGET_LINK_LAYER, 1, ...mac];
  const message = [NEIGHBOUR.advertisement, 0, 0, 0, FLAGS, 0, 0, 0, ...ip, ...option];
  return [neighbourFrame(mac, (linkLocal ?? address).bytes, ALL_NODES, message)];
}
