import type { BridgePort, Host } from './host';
import { NO_VLANS } from '../vlan/port_vlans';
import { parseVlans } from './parse_host';
import type { LinkJson } from './link_json';
import { parseInterfaces, unreadable } from './parse_json';

/** Lines for `bridge -j -batch` after commands for VLANs, which show the result. */
export const SHOW = 'vlan show\nlink show\n';

/**
 * The host with the VLANs, ports and bridges that `bridge -j -batch` showed; everything else is as before, also
 * the tunnels: the commands do not change them. A port that is new has no flags. Throws KnownError.
 */
export function parseBatchShow(output: string, host: Host): Host {
  const [vlanLine, linkLine] = output.split('\n').filter((line) => line.startsWith('['));
  if (vlanLine === undefined || linkLine === undefined)
    throw unreadable('bridge -j -batch', output.slice(0, 200) || 'nothing');
  const vlans = parseVlans(vlanLine);
  const ports = new Map<string, BridgePort>();
  for (const { ifname: name, ifindex, master, flags = [] } of parseInterfaces<LinkJson>(
    'bridge -j link show',
    linkLine,
  )) {
    if (master === undefined) continue;
    const before = host.ports.get(name);
    const index = ifindex ?? before?.index ?? 0;
    const same = before?.index === index ? before : null;
    ports.set(name, {
      name,
      index,
      bridge: master,
      kind: same?.kind ?? null,
      vlans: vlans.get(name) ?? NO_VLANS,
      flags: same?.flags ?? {},
      isUp: flags.includes('LOWER_UP'),
      tunnels: same?.tunnels ?? null,
    });
  }
  const bridges = new Map(
    [...host.bridges].map(([name, bridge]) => [name, { ...bridge, vlans: vlans.get(name) ?? NO_VLANS }]),
  );
  const links = new Map(host.links);
  for (const [name, { index, kind, bridge }] of ports) links.set(name, { name, index, kind, master: bridge });
  return { ...host, bridges, ports, links };
}
