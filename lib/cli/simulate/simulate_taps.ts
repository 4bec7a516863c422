import type { LinkJson } from '../../model/host/link_json';
import type { Exec } from '../../model/io';

/** A tap that libvirt would create for the guest, and that does not exist now. */
export interface ImaginaryTap {
  readonly dev: string;
  readonly bridge: string;
}

/**
 * Makes commands show a host on which libvirt has created the taps: ports of their bridges with the bridges' default
 * PVIDs, which the kernel sets on new ports. Only for commands that read state.
 */
export function withTaps(exec: Exec, taps: readonly ImaginaryTap[]): Exec {
  if (taps.length === 0) return exec;
  return async (command, args, options) => {
    const result = await exec(command, args, options);
    const isVlans = command === 'bridge' && args.includes('vlan');
    if (!result.ok || !args.includes('-j') || !(isVlans || command === 'ip')) return result;
    const shown = JSON.parse(result.stdout.trim() || '[]') as LinkJson[];
    const links = isVlans ? await linksOf(exec) : shown;
    const missing = taps.filter(
      ({ dev, bridge }) =>
        links.some(({ ifname }) => ifname === bridge) && !links.some(({ ifname }) => ifname === dev),
    );
    const entries = missing.map((tap, n) => (isVlans ? vlanEntry(tap, links) : linkEntry(tap, n)));
    return { ...result, stdout: `${JSON.stringify([...shown, ...entries])}\n` };
  };
}

async function linksOf(exec: Exec): Promise<LinkJson[]> {
  const links = await exec('ip', ['-j', '-d', 'addr', 'show']);
  return links.ok ? (JSON.parse(links.stdout.trim() || '[]') as LinkJson[]) : [];
}

function linkEntry({ dev, bridge }: ImaginaryTap, n: number): LinkJson {
  return {
    ifname: dev,
    // No real interface has a negative index.
    ifindex: -1 - n,
    flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
    master: bridge,
    linkinfo: { info_kind: 'tun', info_slave_kind: 'bridge', info_slave_data: {} },
  };
}

function vlanEntry({ dev, bridge }: ImaginaryTap, links: readonly LinkJson[]): object {
  const info = links.find(({ ifname }) => ifname === bridge)?.linkinfo?.info_data ?? {};
  const pvid = Number(info.vlan_default_pvid ?? 0);
  const vlans = pvid === 0 ? [] : [{ vlan: pvid, flags: ['PVID', 'Egress Untagged'] }];
  return { ifname: dev, vlans };
}
