import { NIC, SECOND_NIC } from './cards';
import { globalAddresses, type NetworkSnapshot } from './network_snapshot';

/** What programs and clients see of a network: which must stay the same where a bridge takes the place of its port. */
export interface AsSeen {
  readonly mac: string | undefined;
  readonly mtu: number | undefined;
  readonly addresses: readonly string[];
  readonly vlans: Readonly<Record<string, readonly string[]>>;
  readonly routes: readonly string[];
  readonly rules: readonly string[];
  readonly dns: unknown;
  readonly dhcpClients: readonly string[];
}

/** The network as it is seen through `device`, which is called `the-uplink` in it. */
export function asSeenThrough(network: NetworkSnapshot, device: string): AsSeen {
  const { links, routes, rules, resolvConf, linkDns, dhcpClients } = network;
  const { [device]: ofDevice, ...ofOthers } = linkDns ?? {};
  const vlans = Object.entries(links).filter(([, link]) => link.kind === 'vlan');
  return {
    mac: links[device]?.mac,
    mtu: links[device]?.mtu,
    addresses: globalAddresses(network, device).sort(),
    vlans: Object.fromEntries(vlans.map(([name, link]) => [`${name} ${link.vid}`, link.addresses])),
    routes: routes
      .filter(isChosen)
      .map((route) => asRouteOf(route, device))
      .sort(),
    rules,
    dns: {
      resolvConf: resolvConf[1]?.replaceAll(`%${device}`, '%the-uplink'),
      'the-uplink': ofDevice,
      ...ofOthers,
    },
    dhcpClients: dhcpClients.map((name) => (name === device ? 'the-uplink' : name)),
  };
}

/** Not what the kernel adds for each address and each interface that is up. */
const isChosen = (route: string): boolean =>
  / unicast /.test(route) && !/ (fe80|ff00)::/.test(route) && !route.includes(' dev lo ');

/** Managers give each kind of interface another metric: which of two routes is better is not what is compared. */
function asRouteOf(route: string, device: string): string {
  return `${route} `
    .replace(` dev ${device} `, ' dev the-uplink ')
    .replace(/ metric \d+ /, ' ')
    .trim();
}

/** The network cards and what was made of them, without a bridge: none of them has an address of its own. */
export function ownAddresses({ links }: NetworkSnapshot, port: string): string[] {
  return [port, NIC, SECOND_NIC].flatMap((name) => links[name]?.addresses ?? []);
}
