import type { PortVlans, Problem, Vid } from '../types';
import type { Host, HostAddress, Tag } from '../vlan/host';

const COMPARE = 'Compare br-pvid and br-tags with trunk-port, trunk-pvid and trunk-tags in bridge_init.conf.';

/**
 * What a change would do to the ways by which the host is reached. For each of its addresses on a bridge: the uplinks
 * its frames leave by, and how (untagged, or as which VLAN), before and after. An error where no way is left, a
 * warning where all ways are others than before; nothing where one stays, or where there was none.
 *
 * @param uplinks the ports by which a bridge leads out of the host, by the bridge's name
 */
export function cutOff(
  addresses: readonly HostAddress[],
  before: Host,
  after: Host,
  uplinks: (bridge: string) => readonly string[],
): Problem[] {
  return addresses.flatMap((address): Problem[] => {
    const ports = uplinks(address.bridge);
    const old = waysOut(address, before, ports);
    const next = waysOut(address, after, ports);
    if (old.length === 0 || next.some((way) => old.includes(way))) return [];
    const what = `the host's address ${address.address} on ${address.dev}`;
    const was = old.join(', ');
    return next.length === 0
      ? [
          {
            level: 'error',
            message: `this would cut the host off: ${what} is reached by ${was} now, and would be by no trunk.`,
            hint: `${COMPARE} If it is meant, say \`allow-cut-off = yes\` in section [${address.bridge}].`,
          },
        ]
      : [
          {
            level: 'warning',
            message: `this moves the host to another VLAN: ${what} is reached by ${was} now, and would be by ${next.join(', ')} only.`,
            hint: COMPARE,
          },
        ];
  });
}

/** `eth0 untagged`, `eth0 as VLAN 200`: ports by which frames of an address both come and go. */
function waysOut({ bridge: name, tag }: HostAddress, host: Host, uplinks: readonly string[]): string[] {
  const bridge = host.bridges.get(name);
  if (bridge === undefined) return [];
  const all = uplinks.flatMap((uplink) => {
    const port = host.ports.get(uplink);
    return port === undefined || port.bridge !== name ? [] : [port];
  });
  // One without a carrier leads nowhere; where none has one, they are judged as if they had.
  const ports = all.some(({ isUp }) => isUp) ? all.filter(({ isUp }) => isUp) : all;
  if (!bridge.filtering) return ports.map((port) => wayOf(port.name, tag));
  // A tag of the other protocol is nothing to the bridge: the frame is untagged, and keeps it (br_allowed_ingress).
  const [seen, inner] = tag?.protocol === bridge.protocol ? [tag, null] : [null, tag];
  const own = seen === null ? bridge.vlans.pvid : seen.vid;
  if (own === null || bridge.vlans.vlans.get(own) !== (seen === null ? 'untagged' : 'tagged')) return [];
  return ports.flatMap((port) => {
    const leaves = port.vlans.vlans.get(own);
    const outer: Tag = { vid: own, protocol: bridge.protocol };
    if (leaves === 'tagged' && !isNative(port.vlans, own)) return [wayOf(port.name, outer, inner)];
    return leaves === 'untagged' && isNative(port.vlans, own) ? [wayOf(port.name, inner)] : [];
  });
}

function isNative({ pvid }: PortVlans, vid: Vid): boolean {
  return pvid === vid;
}

function wayOf(port: string, ...tags: readonly (Tag | null)[]): string {
  const words = tags.flatMap((tag) =>
    tag === null ? [] : [`VLAN ${tag.vid}${tag.protocol === '802.1Q' ? '' : ` (${tag.protocol})`}`],
  );
  return words.length === 0 ? `${port} untagged` : `${port} as ${words.join(' and in it ')}`;
}
