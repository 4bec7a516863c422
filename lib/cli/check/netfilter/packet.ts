/** The packet that the rules are asked about. */
export interface Packet {
  readonly family: 4 | 6;
  /** The interface that it comes from; null: not known. */
  readonly from: string | null;
  /** The interface that it leaves through; null: not known. */
  readonly to: string | null;
  /** null: any. */
  readonly source: string | null;
  /** null: any. */
  readonly destination: string | null;
  readonly protocol: 'udp' | 'tcp';
  readonly protocolNumber: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Of conntrack. */
  readonly state: 'new' | 'established';
  /** A bridge forwards it, not the host. */
  readonly isBridged: boolean;
  /** Whether any rule sets marks, so that its mark is not known. Otherwise it is 0. */
  readonly mayBeMarked: boolean;
}

/**
 * A DHCP discover that a bridge forwards between two of its ports. Netfilter sees the bridge as its interface in both
 * directions (br_netfilter_hooks.c br_nf_forward_ip).
 */
export function discover(bridge: string): Packet {
  return {
    family: 4,
    from: bridge,
    to: bridge,
    source: '0.0.0.0',
    destination: '255.255.255.255',
    protocol: 'udp',
    protocolNumber: 17,
    sourcePort: 68,
    destinationPort: 67,
    state: 'new',
    isBridged: true,
    mayBeMarked: false,
  };
}

/**
 * The first packet of a connection by HTTPS that a routed guest opens, and the first answer to it. Rules about
 * connections that others open to the guest are the administrator's choice.
 *
 * @param tap the interface of the guest, or the VRF that it is in
 * @param uplink null: not known
 */
export function connection(
  family: 4 | 6,
  address: string,
  tap: string,
  uplink: string | null,
): readonly [request: Packet, answer: Packet] {
  const both = { family, protocol: 'tcp', protocolNumber: 6, isBridged: false, mayBeMarked: false } as const;
  const [port, https] = [50_000, 443];
  return [
    {
      ...{ ...both, from: tap, to: uplink, source: address, destination: null },
      ...{ sourcePort: port, destinationPort: https, state: 'new' },
    },
    {
      ...{ ...both, from: uplink, to: tap, source: null, destination: address },
      ...{ sourcePort: https, destinationPort: port, state: 'established' },
    },
  ];
}
