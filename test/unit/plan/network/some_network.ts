import type { HostNetwork, NetAddress, NetLink, NetRoute } from '../../../../lib/model/network/host_network';

export const MAC = '52:54:00:aa:bb:cc';

export function address(text: string, more: Partial<NetAddress> = {}): NetAddress {
  return {
    address: text,
    family: text.includes(':') ? 6 : 4,
    scope: 'global',
    isDynamic: false,
    isTemporary: false,
    isUnusable: false,
    ...more,
  };
}

export function link(name: string, more: Partial<NetLink> = {}): NetLink {
  return {
    name,
    index: 2,
    kind: null,
    master: null,
    portKind: null,
    below: null,
    mac: MAC,
    permanentMac: null,
    mtu: 1500,
    isUp: true,
    hasCarrier: true,
    type: 'ether',
    vlan: null,
    hasXdp: false,
    addrGenMode: null,
    addresses: [],
    ...more,
  };
}

export function route(to: string, via: string | null, dev: string, more: Partial<NetRoute> = {}): NetRoute {
  return {
    family: `${to}${via ?? ''}`.includes(':') ? 6 : 4,
    to,
    via,
    dev,
    table: 'main',
    metric: null,
    protocol: 'static',
    scope: null,
    source: null,
    type: 'unicast',
    mtu: null,
    onlink: false,
    ...more,
  };
}

export function network(links: readonly NetLink[], more: Partial<HostNetwork> = {}): HostNetwork {
  return {
    links: new Map(links.map((each) => [each.name, each])),
    routes: [],
    rules: [],
    linkDns: new Map(),
    resolvConf: null,
    ...more,
  };
}
