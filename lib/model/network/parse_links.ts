import type { AddressJson, LinkJson } from '../host/link_json';
import { parseInterfaces } from '../host/parse_json';
import { toVid } from '../vlan/vid';
import type { NetAddress, NetLink } from './host_network';

/** The interfaces by name, from what `ip -j -d addr show` printed. Throws KnownError. */
export function parseLinks(output: string): Map<string, NetLink> {
  const json = parseInterfaces<LinkJson>('ip -j -d addr show', output);
  return new Map(json.map((link) => [link.ifname, toLink(link)]));
}

function toLink(json: LinkJson): NetLink {
  const { flags = [], linkinfo = {} } = json;
  const { info_kind: kind, info_slave_kind: portKind, info_data: data = {} } = linkinfo;
  const vid = kind === 'vlan' ? toVid(Number(data.id ?? 0)) : null;
  const isProvider = String(data.protocol).toLowerCase() === '802.1ad';
  return {
    name: json.ifname,
    index: json.ifindex ?? 0,
    ...(json.altnames === undefined ? {} : { altNames: json.altnames }),
    kind: kind ?? null,
    master: json.master ?? null,
    portKind: portKind ?? null,
    below: json.link ?? null,
    mac: json.address ?? '',
    permanentMac: json.permaddr ?? null,
    mtu: json.mtu ?? 1500,
    isUp: flags.includes('UP'),
    hasCarrier: flags.includes('LOWER_UP'),
    type: json.link_type ?? '',
    vlan: vid === null ? null : { vid, protocol: isProvider ? '802.1ad' : '802.1Q' },
    hasXdp: json.xdp !== undefined,
    addrGenMode: json.inet6_addr_gen_mode ?? null,
    ...(kind === 'vrf' ? { vrfTable: Number(data.table) } : {}),
    addresses: (json.addr_info ?? []).flatMap(toAddress),
  };
}

function toAddress(json: AddressJson): NetAddress[] {
  const { family, local, prefixlen } = json;
  if (local === undefined || (family !== 'inet' && family !== 'inet6')) return [];
  return [
    {
      address: `${local}/${prefixlen ?? (family === 'inet' ? 32 : 128)}`,
      family: family === 'inet' ? 4 : 6,
      scope: json.scope ?? 'global',
      isDynamic: json.dynamic === true,
      isTemporary: json.temporary === true,
      isUnusable: json.tentative === true || json.dadfailed === true,
    },
  ];
}
