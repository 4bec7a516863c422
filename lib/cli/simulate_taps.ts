import type { Exec } from '../types';

/** A tap that libvirt would make for the guest, which is not there now. */
export interface ImaginaryTap {
  readonly dev: string;
  readonly bridge: string;
}

interface BridgeJson {
  readonly ifname?: string;
  readonly linkinfo?: { readonly info_data?: { readonly vlan_default_pvid?: number } };
}

/**
 * The same commands, on a host on which libvirt has made the taps: ports of their bridges, with the bridges' default
 * PVIDs, as the kernel gives them to ports that join. Only for commands that look.
 */
export function withTaps(exec: Exec, taps: readonly ImaginaryTap[]): Exec {
  if (taps.length === 0) return exec;
  return async (command, args, options) => {
    const result = await exec(command, args, options);
    const isShow = command === 'bridge' && result.ok && args.includes('-j');
    if (!isShow) return result;
    const bridges = await exec('ip', ['-j', '-d', 'link', 'show', 'type', 'bridge']);
    if (!bridges.ok) return result;
    const known = (JSON.parse(bridges.stdout.trim() || '[]') as BridgeJson[]).filter(
      ({ ifname }) => ifname !== undefined,
    );
    const there = taps.filter((tap) => known.some(({ ifname }) => ifname === tap.bridge));
    const lines = result.stdout.split('\n').map((line) => {
      if (!line.startsWith('[')) return line;
      const entries = JSON.parse(line) as { ifname?: string }[];
      const missing = there.filter(({ dev }) => !entries.some(({ ifname }) => ifname === dev));
      return JSON.stringify([...entries, ...missing.map((tap) => toEntry(tap, line, known))]);
    });
    return { ...result, stdout: lines.join('\n') };
  };
}

/** An entry of `bridge vlan show`, or of `bridge link show`: the line tells which. */
function toEntry({ dev, bridge }: ImaginaryTap, line: string, bridges: readonly BridgeJson[]): object {
  const isLink = line.includes('"master"') || line.includes('"ifindex"');
  if (isLink) return { ifname: dev, flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'], master: bridge };
  const pvid = bridges.find(({ ifname }) => ifname === bridge)?.linkinfo?.info_data?.vlan_default_pvid ?? 0;
  return pvid === 0
    ? { ifname: dev, vlans: [] }
    : { ifname: dev, vlans: [{ vlan: pvid, flags: ['PVID', 'Egress Untagged'] }] };
}
