import type { HostAddress, Tag } from './host';
import { toVid } from '../vlan/vid';
import type { LinkJson } from './link_json';

/** The kinds of devices that are on top of another interface and pass on its frames. Source: ip-link(8). */
const STACKED = ['vlan', 'macvlan', 'ipvlan'];

/** A limit: the kernel has no loops, but the output of the tool may be wrong. */
const MAX_DEPTH = 8;

/** The host's own global addresses on bridges, and on VLAN interfaces of bridges. */
export function addressesOf(links: readonly LinkJson[]): HostAddress[] {
  const byName = new Map(links.map((link) => [link.ifname, link]));
  return links.flatMap((link): HostAddress[] => {
    const global = (link.addr_info ?? []).filter(
      ({ scope, local }) => scope === 'global' && local !== undefined,
    );
    if (global.length === 0) return [];
    let tag: Tag | null = null;
    let base: LinkJson | undefined = link;
    for (let depth = 0; depth < MAX_DEPTH && STACKED.includes(base?.linkinfo?.info_kind ?? ''); depth++) {
      // The bridge sees the tag of the VLAN interface directly on it.
      if (base?.linkinfo?.info_kind === 'vlan') tag = toTag(base.linkinfo.info_data);
      base = byName.get(base?.link ?? '');
    }
    if (base?.linkinfo?.info_kind !== 'bridge') return [];
    const bridge = base.ifname;
    return global.map(({ local = '', prefixlen }) => ({
      bridge,
      dev: link.ifname,
      tag,
      address: `${local}/${prefixlen ?? '?'}`,
    }));
  });
}

function toTag(data: Readonly<Record<string, unknown>> = {}): Tag | null {
  const vid = toVid(Number(data.id ?? 0));
  const isProvider = String(data.protocol).toLowerCase() === '802.1ad';
  return vid === null ? null : { vid, protocol: isProvider ? '802.1ad' : '802.1Q' };
}
