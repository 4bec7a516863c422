import type { NetworkFiles } from '../network_files';

/**
 * By what a DHCP server knows an interface. systemd-networkd derives the IAID (identity association identifier) from
 * the interface's name, so an interface of another name needs it pinned.
 */
export interface DhcpIdentity {
  /** The client identifier of the DHCPv4 lease, in hex; null: there is no lease. */
  readonly clientId: string | null;
  /** The IAID in it; null: the client identifier is not made of IAID and DUID. */
  readonly iaid4: number | null;
  /** The IAID of the DHCPv6 client; null: it does not run. */
  readonly iaid6: number | null;
}

/** RFC 4361: type 255, IAID, DUID. */
const CLIENT_ID = /^ff([0-9a-f]{8})[0-9a-f]+$/i;

/** Reads the identity of an interface that systemd-networkd manages. Source: lease_save() and link_save(). */
export function readDhcpIdentity(io: NetworkFiles, ifindex: number): DhcpIdentity {
  return dhcpIdentity(
    io.text(`/run/systemd/netif/leases/${ifindex}`) ?? '',
    io.text(`/run/systemd/netif/links/${ifindex}`) ?? '',
  );
}

/** The identity in a lease's file and an interface's state file. */
export function dhcpIdentity(lease: string, link: string): DhcpIdentity {
  const clientId = /^CLIENTID=(.+)$/m.exec(lease)?.[1] ?? null;
  const iaid6 = /^DHCP6_CLIENT_IAID=0x([0-9a-f]+)$/im.exec(link)?.[1];
  return {
    clientId,
    iaid4: fromHex(CLIENT_ID.exec(clientId ?? '')?.[1]),
    iaid6: fromHex(iaid6),
  };
}

function fromHex(text: string | undefined): number | null {
  return text === undefined ? null : parseInt(text, 16);
}
