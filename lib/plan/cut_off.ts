import type { Host, HostAddress, Tag } from '../model/host/host';
import type { Problem } from '../model/problem';
import type { Uplinks } from './uplinks';

const COMPARE =
  'Compare br-pvid and br-tags with trunk-port, trunk-pvid, trunk-tags and trunk-tags-always in bridge_init.conf.';

/**
 * Whether a change disconnects the host or moves it to another VLAN. For each address of the host on a bridge, compares
 * the ways out before and after: the uplinks that its frames leave through, untagged or in a VLAN. No way left is an
 * error; other ways only is a warning; if one way stays, or there was none before, nothing is reported. If the host is
 * reachable through a trunk, only trunks count: another uplink may lead anywhere.
 *
 * @param uplinks of a bridge, by its name
 */
export function cutOff(
  addresses: readonly HostAddress[],
  before: Host,
  after: Host,
  uplinks: (bridge: string) => Uplinks,
): Problem[] {
  return addresses.flatMap((address): Problem[] => {
    const { trunks, others } = uplinks(address.bridge);
    const all = waysOut(address, before, [...trunks, ...others]);
    const byTrunk = waysOut(address, before, trunks).filter((way) => all.includes(way));
    const ports = byTrunk.length > 0 ? trunks : [...trunks, ...others];
    const old = byTrunk.length > 0 ? byTrunk : all;
    const next = waysOut(address, after, ports);
    if (old.length === 0 || next.some((way) => old.includes(way))) return [];
    const subject = { bridge: address.bridge, interface: address.dev, addresses: [address.address] };
    const what = `${address.address} on ${address.dev} is reachable through ${old.join(', ')} now`;
    return next.length === 0
      ? [
          {
            level: 'error',
            code: 'disconnects-host',
            message: `this would disconnect the host: ${what}, and through no uplink afterwards.`,
            hint: `${COMPARE} If this is intended, set \`allow-cut-off = yes\` in section [${address.bridge}], or run \`bridge_init --force\` once.`,
            subject,
          },
        ]
      : [
          {
            level: 'warning',
            code: 'moves-host',
            message: `this moves the host to another VLAN: ${what}, and through ${next.join(', ')} only afterwards.`,
            hint: COMPARE,
            subject,
          },
        ];
  });
}

/** `eth0 (untagged)`, `eth0 (VLAN 200)`: ports that frames of an address can both enter and leave through. */
function waysOut({ bridge: name, tag }: HostAddress, host: Host, uplinks: readonly string[]): string[] {
  const bridge = host.bridges.get(name);
  if (bridge === undefined) return [];
  const all = uplinks.flatMap((uplink) => {
    const port = host.ports.get(uplink);
    return port === undefined || port.bridge !== name ? [] : [port];
  });
  // A port without a carrier leads nowhere. If no port has one, all are treated as if they had.
  const ports = all.some(({ isUp }) => isUp) ? all.filter(({ isUp }) => isUp) : all;
  if (!bridge.filtering) return ports.map((port) => wayOf(port.name, tag));
  // The bridge ignores a tag of the other protocol: to it the frame is untagged and keeps the tag (br_allowed_ingress).
  const [seen, inner] = tag?.protocol === bridge.protocol ? [tag, null] : [null, tag];
  const own = seen === null ? bridge.vlans.pvid : seen.vid;
  if (own === null || bridge.vlans.vlans.get(own) !== (seen === null ? 'untagged' : 'tagged')) return [];
  return ports.flatMap((port) => {
    const leaves = port.vlans.vlans.get(own);
    const outer: Tag = { vid: own, protocol: bridge.protocol };
    // Tagged frames enter every VLAN that the port is a member of, its native VLAN included.
    if (leaves === 'tagged') return [wayOf(port.name, outer, inner)];
    return leaves === 'untagged' && port.vlans.pvid === own ? [wayOf(port.name, inner)] : [];
  });
}

function wayOf(port: string, ...tags: readonly (Tag | null)[]): string {
  const words = tags.flatMap((tag) =>
    tag === null ? [] : [`VLAN ${tag.vid}${tag.protocol === '802.1Q' ? '' : ` (${tag.protocol})`}`],
  );
  return words.length === 0 ? `${port} (untagged)` : `${port} (${words.join(', and inside it ')})`;
}
