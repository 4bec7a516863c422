import type { LinkJson } from '../../model/host/link_json';
import type { Exec, HostIo } from '../../model/io';

/** A tap that libvirt would create for the guest, and that does not exist now. */
export interface ImaginaryTap {
  readonly dev: string;
  /** null: none, as of a routed interface. */
  readonly bridge: string | null;
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
    const isLinks = command === 'ip' && (args.includes('addr') || args.includes('link'));
    if (!result.ok || !args.includes('-j') || !(isVlans || isLinks)) return result;
    const shown = JSON.parse(result.stdout.trim() || '[]') as LinkJson[];
    const links = isVlans ? await linksOf(exec) : shown;
    const missing = taps.filter(
      ({ dev, bridge }) =>
        (bridge === null || links.some(({ ifname }) => ifname === bridge)) &&
        !links.some(({ ifname }) => ifname === dev),
    );
    const entries = isVlans
      ? missing.flatMap(({ dev, bridge }) => (bridge === null ? [] : [vlanEntry(dev, bridge, links)]))
      : missing.map(linkEntry);
    return { ...result, stdout: `${JSON.stringify([...shown, ...entries])}\n` };
  };
}

/** Makes files show the settings of the taps: the kernel gives new interfaces those of `default`. */
export function withTapSettings(
  readText: HostIo['readText'],
  taps: readonly ImaginaryTap[],
): HostIo['readText'] {
  return (path, kind) => {
    const [, family, dev, name] = /^\/proc\/sys\/net\/(ipv[46])\/conf\/([^/]+)\/(\w+)$/.exec(path) ?? [];
    const isMissing = taps.some((tap) => tap.dev === dev) && readText(path) === null;
    return readText(isMissing ? `/proc/sys/net/${family}/conf/default/${name}` : path, kind);
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
    ...(bridge === null ? {} : { master: bridge }),
    linkinfo: {
      info_kind: 'tun',
      ...(bridge === null ? {} : { info_slave_kind: 'bridge', info_slave_data: {} }),
    },
  };
}

function vlanEntry(dev: string, bridge: string, links: readonly LinkJson[]): object {
  const info = links.find(({ ifname }) => ifname === bridge)?.linkinfo?.info_data ?? {};
  const pvid = Number(info.vlan_default_pvid ?? 0);
  const vlans = pvid === 0 ? [] : [{ vlan: pvid, flags: ['PVID', 'Egress Untagged'] }];
  return { ifname: dev, vlans };
}
