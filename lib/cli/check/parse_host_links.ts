import type { LinkJson } from '../../model/host/link_json';
import type { HostLink } from './facts';

/** The interfaces by name. @param hardware of an interface without a kind; null: it has none */
export function parseHostLinks(
  links: readonly LinkJson[],
  hardware: (name: string) => HostLink['hardware'],
): Map<string, HostLink> {
  return new Map(links.map((link) => [link.ifname, toHostLink(link, hardware)]));
}

function toHostLink(
  { ifname: name, link: on, mtu, linkinfo }: LinkJson,
  hardware: (name: string) => HostLink['hardware'],
): HostLink {
  const { info_kind: kind, info_data: data = {}, info_slave_kind: isPortOf } = linkinfo ?? {};
  const port = isPortOf === 'bridge' ? (linkinfo?.info_slave_data ?? {}) : {};
  // Sources: iproute2 ip/iplink_vlan.c, ip/iplink_bond.c, ip/iplink_bridge_slave.c.
  const partner = (data.ad_info as { partner_mac?: string } | undefined)?.partner_mac ?? null;
  return {
    name,
    mtu: mtu ?? null,
    vlan:
      kind === 'vlan' && on !== undefined
        ? { on, vid: Number(data.id ?? 0), protocol: text(data.protocol) ?? '802.1Q' }
        : null,
    bond: kind === 'bond' ? { mode: text(data.mode) ?? '', partner } : null,
    portState: text(port.state),
    broadcasts: typeof port.bcast_flood === 'boolean' ? port.bcast_flood : null,
    hardware: kind === undefined ? hardware(name) : null,
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
