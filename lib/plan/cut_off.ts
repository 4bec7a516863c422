import type { Host, HostAddress, Tag } from '../model/host/host';
import type { Problem } from '../model/problem';
import { disconnectsHost, movesHost, type WayOut } from './guard_problems';
import type { Uplinks } from './uplinks';

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
    const byTrunk = waysOut(address, before, trunks).filter((way) => includes(all, way));
    const ports = byTrunk.length > 0 ? trunks : [...trunks, ...others];
    const old = byTrunk.length > 0 ? byTrunk : all;
    const next = waysOut(address, after, ports);
    if (old.length === 0 || next.some((way) => includes(old, way))) return [];
    return [next.length === 0 ? disconnectsHost(address, old) : movesHost(address, old, next)];
  });
}

/** The ways that frames of an address can both enter and leave through. */
function waysOut({ bridge: name, tag }: HostAddress, host: Host, uplinks: readonly string[]): WayOut[] {
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

function wayOf(port: string, ...tags: readonly (Tag | null)[]): WayOut {
  return { port, tags: tags.filter((tag) => tag !== null) };
}

function includes(ways: readonly WayOut[], { port, tags }: WayOut): boolean {
  const isSame = (tag: Tag | undefined, { vid, protocol }: Tag): boolean =>
    tag?.vid === vid && tag.protocol === protocol;
  return ways.some(
    (way) =>
      way.port === port &&
      way.tags.length === tags.length &&
      tags.every((tag, nth) => isSame(way.tags[nth], tag)),
  );
}
