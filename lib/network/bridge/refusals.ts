import type { HostNetwork, NetLink } from '../../model/network/host_network';
import { isInNetwork } from '../../model/address/is_in_network';
import type { Problem } from '../../model/problem';
import { lastingAddresses, lastingRoutes } from '../../plan/network/lost_by';
import type { PortFacts } from './port_facts';
import {
  badName,
  bridgeAsPort,
  dependentSession,
  filtersMacs,
  nameInUse,
  noSystemd,
  notEthernet,
  onVlan,
  otherManager,
  portMissing,
  portTaken,
  providerVlan,
  type ProviderSign,
  readOnlyMount,
  rootOnNetwork,
  sharedPort,
  unsafePort,
  vlanAsPort,
  vlanIsPort,
  wifiPort,
} from './problems';

/** What `bridge create` was asked for, and what is known about it before a network manager is asked. */
export interface CreateFacts {
  readonly bridge: string;
  readonly port: string;
  readonly network: HostNetwork;
  readonly facts: PortFacts;
  /** Guests whose interfaces use the port directly (macvtap), by name. */
  readonly direct: readonly string[];
  /** The interface that has the address by which the user's session came in; null: no ssh session. */
  readonly session: string | null;
  /** The user has said that the provider accepts other MAC addresses. */
  readonly macsAllowed: boolean;
}

/** IFNAMSIZ without the zero at the end. */
const MAX_NAME = 15;

/** Makers of machines that are known to filter MAC addresses, as their firmware names them. */
const PROVIDERS =
  /hetzner|ionos|1&1|contabo|ovh|scaleway|online\.net|digitalocean|vultr|linode|akamai|amazon ec2|google compute|openstack|alibaba|oracle ?cloud|upcloud|netcup/i;

/** Interfaces that a session can come through and that depend on another interface. */
const TUNNELS = ['tun', 'wireguard', 'gre', 'ipip', 'sit', 'vti', 'xfrm', 'vxlan', 'geneve'];

/** All reasons why a bridge cannot be created with this port, before anything is changed. */
export function refusals(asked: CreateFacts): Problem[] {
  const link = asked.network.links.get(asked.port);
  const name = refuseName(asked);
  if (link === undefined) return [...name, refuseMissing(asked)];
  return [
    ...name,
    ...refuseMaster(link, asked),
    ...refuseKind(link, asked),
    ...refuseUppers(link, asked),
    ...refuseHost(asked),
    ...refuseProvider(asked),
    ...refuseSession(asked),
  ];
}

function refuseName({ bridge, network }: CreateFacts): Problem[] {
  // Source: dev_valid_name() in net/core/dev.c.
  if (
    bridge.length > MAX_NAME ||
    !/^[^\s/:]+$/.test(bridge) ||
    ['.', '..', 'all', 'default'].includes(bridge)
  )
    return [badName(bridge, MAX_NAME)];
  const there = network.links.get(bridge);
  return there === undefined ? [] : [nameInUse(there)];
}

function refuseMissing({ port, network }: CreateFacts): Problem {
  const nics = [...network.links.values()].filter(
    ({ kind, type }) => (kind === null || kind === 'bond') && type === 'ether',
  );
  return portMissing(
    port,
    nics.map(({ name }) => name),
  );
}

function refuseMaster({ name, master, portKind }: NetLink, { network }: CreateFacts): Problem[] {
  if (master === null) return [];
  return [portTaken(name, master, portKind ?? network.links.get(master)?.kind ?? '')];
}

function refuseKind(link: NetLink, { facts }: CreateFacts): Problem[] {
  const { name, kind, type } = link;
  if (facts.isWifi) return [wifiPort(name)];
  if (link.vlan !== null) return [vlanAsPort(link)];
  if (kind === 'bridge') return [bridgeAsPort(name)];
  if (type !== 'ether' || ['team', 'vrf', 'tun', 'ipvlan', 'macvlan', 'macvtap'].includes(kind ?? ''))
    return [notEthernet(link)];
  if (facts.isDsa) return [unsafePort(name, 'dsa')];
  if (facts.hasSupplicant) return [unsafePort(name, 'supplicant')];
  return link.hasXdp ? [unsafePort(name, 'xdp')] : [];
}

function refuseUppers({ name }: NetLink, { network, direct }: CreateFacts): Problem[] {
  const uppers = [...network.links.values()].filter(({ below }) => below === name);
  const shared = uppers.filter(({ kind }) => ['macvtap', 'macvlan', 'ipvlan', 'ipvtap'].includes(kind ?? ''));
  const ports = uppers.filter(({ vlan, master }) => vlan !== null && master !== null);
  const provider = uppers.filter(({ vlan }) => vlan?.protocol === '802.1ad');
  const stacked = uppers
    .filter(({ vlan }) => vlan !== null)
    .flatMap((vlan) => [...network.links.values()].filter(({ below }) => below === vlan.name));
  return [
    ...(shared.length === 0 ? [] : [sharedPort(name, shared, direct)]),
    ...ports.map(vlanIsPort),
    ...provider.map(providerVlan),
    ...stacked.map(onVlan),
  ];
}

function refuseHost({ port, facts }: CreateFacts): Problem[] {
  const { networkMounts, otherManagers, hasSystemd, readOnly } = facts;
  return [
    ...(hasSystemd ? [] : [noSystemd()]),
    ...(readOnly === null ? [] : [readOnlyMount(readOnly)]),
    ...(networkMounts.length === 0 ? [] : [rootOnNetwork(port, networkMounts)]),
    ...otherManagers.map((name) => otherManager(port, name)),
  ];
}

function refuseProvider(asked: CreateFacts): Problem[] {
  const sign = asked.macsAllowed ? null : providerSign(asked);
  return sign === null ? [] : [filtersMacs(sign)];
}

function providerSign({ port, network, facts }: CreateFacts): ProviderSign | null {
  if (PROVIDERS.test(facts.machine)) return { machine: facts.machine };
  if (lastingAddresses(network, port).some(({ address }) => address.endsWith('/32')))
    return { port, has: 'prefix-32' };
  const networks = lastingAddresses(network, port).filter(({ family }) => family === 4);
  // ifupdown sets the flag onlink for every gateway.
  const isOutside = lastingRoutes(network, port).some(
    ({ to, via, family, onlink }) =>
      to === 'default' &&
      family === 4 &&
      onlink &&
      via !== null &&
      !networks.some(({ address }) => isInNetwork(via, address) === true),
  );
  return isOutside ? { port, has: 'gateway-outside' } : null;
}

function refuseSession({ session, network, port }: CreateFacts): Problem[] {
  const link = session === null ? undefined : network.links.get(session);
  if (link === undefined) return [];
  const isTunnel = TUNNELS.includes(link.kind ?? '');
  const isFromGuest = [...network.links.values()].some(
    ({ master, kind }) => master === link.name && kind === 'tun',
  );
  if (!isTunnel && !isFromGuest) return [];
  return [dependentSession(port, link.name, isTunnel)];
}
