import { KnownError } from '../types';
import type { HostAddress, Tag } from '../vlan/host';
import { toVid } from '../vlan/vid';

interface LinkJson {
  ifname?: string;
  link?: string;
  linkinfo?: { info_kind?: string; info_data?: { id?: number; protocol?: string } };
  addr_info?: { local?: string; prefixlen?: number; scope?: string }[];
}

/** The kinds that sit on another interface and pass its frames on. Source: ip-link(8). */
const STACKED = ['vlan', 'macvlan', 'ipvlan'];

const GUEST_KINDS = ['tun', 'veth'];

/** How the host itself is on its bridges. */
export interface HostLinks {
  readonly addresses: readonly HostAddress[];
  /** The interfaces that lead to guests of this host, whatever bridge they are in: taps, and containers' veth. */
  readonly taps: ReadonlySet<string>;
}

/** What `ip -j -d addr show` printed. Throws KnownError. */
export function parseAddresses(output: string): HostLinks {
  let links: LinkJson[];
  try {
    links = JSON.parse(output.trim() === '' ? '[]' : output) as LinkJson[];
  } catch {
    throw new KnownError(
      `cannot read what \`ip -j -d addr show\` printed: ${output.slice(0, 200)}`,
      'Install a current iproute2 (5.15 or later) and try again.',
    );
  }
  const byName = new Map(links.map((link) => [link.ifname, link]));
  const addresses = links.flatMap((link): HostAddress[] => {
    const found =
      link.addr_info?.filter(({ scope, local }) => scope === 'global' && local !== undefined) ?? [];
    let tag: Tag | null = null;
    let base: LinkJson | undefined = link;
    for (let depth = 0; depth < 8 && STACKED.includes(base?.linkinfo?.info_kind ?? ''); depth++) {
      // The tag next to the bridge is the one that it sees.
      if (base?.linkinfo?.info_kind === 'vlan') tag = toTag(base.linkinfo.info_data);
      base = byName.get(base?.link);
    }
    if (base?.linkinfo?.info_kind !== 'bridge') return [];
    const bridge = base.ifname ?? '';
    const dev = link.ifname ?? '';
    return found.map(({ local = '', prefixlen }) => ({
      bridge,
      dev,
      tag,
      address: `${local}/${prefixlen ?? '?'}`,
    }));
  });
  const taps = links.filter(({ linkinfo }) => GUEST_KINDS.includes(linkinfo?.info_kind ?? ''));
  return { addresses, taps: new Set(taps.map(({ ifname = '' }) => ifname)) };
}

function toTag({ id, protocol }: { id?: number; protocol?: string } = {}): Tag | null {
  const vid = toVid(id ?? 0);
  return vid === null
    ? null
    : { vid, protocol: protocol?.toLowerCase() === '802.1ad' ? '802.1ad' : '802.1Q' };
}
