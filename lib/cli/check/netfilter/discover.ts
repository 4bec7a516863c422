/**
 * The packet that the rules are asked about: a DHCP discover that a bridge forwards between two of its ports. Netfilter
 * sees the bridge as its interface in both directions (br_netfilter_hooks.c br_nf_forward_ip).
 */
export const DISCOVER = {
  source: '0.0.0.0',
  destination: '255.255.255.255',
  protocol: 'udp',
  protocolNumber: 17,
  sourcePort: 68,
  destinationPort: 67,
  /** Of conntrack: it has no connection yet. */
  state: 'new',
} as const;

/** What else the rules may ask about this packet. */
export interface Packet {
  readonly bridge: string;
  /** Whether any rule sets marks, so that its mark is not known. Otherwise it is 0. */
  readonly mayBeMarked: boolean;
}
