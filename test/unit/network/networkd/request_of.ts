import { parseLinks } from '../../../../lib/model/network/parse_links';
import { toVid } from '../../../../lib/model/vlan/vid';
import type { BridgeRequest } from '../../../../lib/network/backend';
import { plainVlans } from '../plain_vlans';

/** The request that `bridge create br0 --port <port>` makes on a host, from what `ip -j -d addr show` printed there. */
export function requestOf(ipAddr: string, port: string): BridgeRequest {
  const links = parseLinks(ipAddr);
  const of = links.get(port);
  const pvid = toVid(1);
  if (of === undefined || pvid === null) throw new Error(`there is no ${port}`);
  const vlans = [...links.values()]
    .flatMap(({ name, below, vlan }) => (below === port && vlan !== null ? [{ name, vid: vlan.vid }] : []))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const network = { links, routes: [], rules: [], linkDns: new Map(), resolvConf: null };
  return { bridge: 'br0', port: of, vlans, bridgeVlans: plainVlans(vlans), network };
}
