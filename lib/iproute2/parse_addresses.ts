import type { HostAddress } from '../switch/cut_off';
import { KnownError } from '../types';
import { toVid } from '../vlan/vid';

interface LinkJson {
  ifname?: string;
  link?: string;
  linkinfo?: { info_kind?: string; info_data?: { id?: number } };
  addr_info?: { local?: string; prefixlen?: number; scope?: string }[];
}

/** The kinds that sit on another interface and pass its frames on. Source: ip-link(8). */
const STACKED = ['vlan', 'macvlan', 'ipvlan'];

/** The host's addresses on its bridges, from what `ip -j -d addr show` printed. Throws KnownError. */
export function parseAddresses(output: string): HostAddress[] {
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
  return links.flatMap((link) => {
    const found =
      link.addr_info?.filter(({ scope, local }) => scope === 'global' && local !== undefined) ?? [];
    let vid: HostAddress['vid'] = null;
    let base: LinkJson | undefined = link;
    for (let depth = 0; depth < 8 && STACKED.includes(base?.linkinfo?.info_kind ?? ''); depth++) {
      // The tag next to the bridge is the one that it sees.
      if (base?.linkinfo?.info_kind === 'vlan') vid = toVid(base.linkinfo.info_data?.id ?? 0);
      base = byName.get(base?.link);
    }
    if (base?.linkinfo?.info_kind !== 'bridge') return [];
    const bridge = base.ifname ?? '';
    const dev = link.ifname ?? '';
    return found.map(({ local = '', prefixlen }) => ({
      bridge,
      dev,
      vid,
      address: `${local}/${prefixlen ?? '?'}`,
    }));
  });
}
