import type { HostNetwork, NetLink } from '../../model/network/host_network';
import { isInNetwork } from '../../model/address/is_in_network';
import type { Problem } from '../../model/problem';
import type { ProblemCode } from '../../model/problem_code';
import { lastingAddresses, lastingRoutes } from '../../plan/network/lost_by';
import { shellQuote } from '../../text/shell_quote';
import type { PortFacts } from './port_facts';

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

function error(code: ProblemCode, message: string, hint: string): Problem {
  return { level: 'error', code, message, hint };
}

function refuseName({ bridge, network }: CreateFacts): Problem[] {
  // Source: dev_valid_name() in net/core/dev.c.
  if (
    bridge.length > MAX_NAME ||
    !/^[^\s/:]+$/.test(bridge) ||
    ['.', '..', 'all', 'default'].includes(bridge)
  )
    return [
      error(
        'bridge-name',
        `${JSON.stringify(bridge)} cannot be the name of an interface.`,
        `Use up to ${MAX_NAME} letters, digits, dots, hyphens and underscores, as in br0.`,
      ),
    ];
  const there = network.links.get(bridge);
  if (there === undefined) return [];
  return [
    error(
      'bridge-name',
      `${bridge} exists already${there.kind === 'bridge' ? '' : `, and is ${there.kind === null ? 'a NIC' : `of the kind ${there.kind}`}`}.`,
      there.kind === 'bridge'
        ? `Use it as it is: give it a section in bridge_init.conf. Or choose another name.`
        : 'Choose another name.',
    ),
  ];
}

function refuseMissing({ port, network }: CreateFacts): Problem {
  const nics = [...network.links.values()].filter(
    ({ kind, type }) => (kind === null || kind === 'bond') && type === 'ether',
  );
  const names = nics.map(({ name }) => name).join(', ');
  return error(
    'bridge-port-missing',
    `there is no interface ${port}.`,
    names === '' ? '`ip link` shows all interfaces.' : `Use one of ${names}.`,
  );
}

function refuseMaster({ name, master, portKind }: NetLink, { network }: CreateFacts): Problem[] {
  if (master === null) return [];
  const hints: Record<string, string> = {
    bridge: `Use that bridge: give it a section in bridge_init.conf with trunk-port = ${name}.`,
    bond: `Use the bond as the port: \`kvmvlan bridge create br0 --port ${shellQuote(master)}\`.`,
    team: 'Replace the team by a bond, which can be the port of a bridge.',
    vrf: 'Take it out of the VRF first.',
    openvswitch: 'Open vSwitch has its own VLANs; a guest uses it with <virtualport type="openvswitch"/>.',
  };
  const kind = portKind ?? network.links.get(master)?.kind ?? '';
  return [
    error(
      'bridge-port-taken',
      `${name} belongs to ${master} already${kind === '' ? '' : ` (${kind})`}.`,
      hints[kind] ?? `Take it out first: \`ip link set ${shellQuote(name)} nomaster\`.`,
    ),
  ];
}

function refuseKind({ name, kind, type, vlan, below, hasXdp }: NetLink, { facts }: CreateFacts): Problem[] {
  if (facts.isWifi)
    return [
      error(
        'bridge-wifi',
        `${name} is a Wi-Fi interface. An access point accepts only its own MAC address, so it cannot be the port of a bridge.`,
        'Use a NIC with a cable, or give guests a network of libvirt with NAT: `virsh net-start default`.',
      ),
    ];
  if (vlan !== null)
    return [
      error(
        'bridge-unsupported',
        `${name} is a VLAN interface of ${below ?? 'another interface'}. The bridge itself filters VLANs.`,
        `Use the interface below it: \`kvmvlan bridge create br0 --port ${shellQuote(below ?? 'eth0')}\`. ${name} stays, on top of the bridge.`,
      ),
    ];
  if (kind === 'bridge')
    return [error('bridge-unsupported', `${name} is a bridge.`, 'A bridge cannot be a port of a bridge.')];
  if (type !== 'ether' || ['team', 'vrf', 'tun', 'ipvlan', 'macvlan', 'macvtap'].includes(kind ?? ''))
    return [
      error(
        'bridge-unsupported',
        `${name} is no Ethernet interface that can be a port of a bridge (${kind ?? type}).`,
        'Use a NIC or a bond.',
      ),
    ];
  const why = facts.isDsa
    ? 'it belongs to a switch chip (DSA)'
    : facts.hasSupplicant
      ? '802.1X is configured on it (wpa_supplicant)'
      : hasXdp
        ? 'an XDP program is attached to it'
        : null;
  return why === null
    ? []
    : [
        error(
          'bridge-unsupported',
          `${name} cannot be moved safely: ${why}.`,
          'Create the bridge by the means of your network manager, on the console.',
        ),
      ];
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
    ...(shared.length === 0
      ? []
      : [
          error(
            'bridge-port-shared',
            `${direct.length > 0 ? `guests ${direct.join(', ')} use` : `${shared.map((each) => each.name).join(', ')} use${shared.length === 1 ? 's' : ''}`} ${name} directly (${shared[0]?.kind ?? ''}); then it cannot be the port of a bridge.`,
            direct.length > 0
              ? 'Stop these guests and change their interfaces to the bridge first.'
              : `Remove ${shared.length === 1 ? 'it' : 'them'} first: \`ip link del ${shellQuote(shared[0]?.name ?? '')}\`.`,
          ),
        ]),
    ...ports.map(({ name: vlan, master }) =>
      error(
        'bridge-port-shared',
        `${vlan} is a port of ${master ?? ''}: it would be created again on top of the bridge, and its guests would lose their network.`,
        `Move those guests to the new bridge, in that VLAN, and remove ${vlan} afterwards; or choose another NIC.`,
      ),
    ),
    ...provider.map(({ name: upper, vlan }) =>
      error(
        'bridge-unsupported',
        `${upper} has 802.1ad tags (VLAN ${vlan?.vid ?? ''}), and the new bridge filters 802.1Q.`,
        'Use another NIC for the bridge, or an 802.1Q VLAN interface.',
      ),
    ),
    ...stacked.map(({ name: upper, below }) =>
      error(
        'bridge-port-shared',
        `${upper} is on top of ${below ?? ''}, which would be created again on top of the bridge.`,
        `Remove ${upper} first.`,
      ),
    ),
  ];
}

function refuseHost({ port, facts }: CreateFacts): Problem[] {
  const { networkMounts, otherManagers, hasSystemd, readOnly } = facts;
  return [
    ...(hasSystemd
      ? []
      : [
          error(
            'bridge-unsupported',
            'systemd has not booted this host. It makes the change and rolls it back, whatever happens to your session.',
            'Create the bridge by the means of your network manager, on the console.',
          ),
        ]),
    ...(readOnly === null
      ? []
      : [
          error(
            'bridge-unsupported',
            `${readOnly} is mounted read-only, so the configuration could not be kept.`,
            readOnly === '/'
              ? 'Mount it writable first: `mount -o remount,rw /`. If the system comes as an image, configure the bridge in the image.'
              : 'Mount it writable first: `mount -o remount,rw /etc`.',
          ),
        ]),
    ...(networkMounts.length === 0
      ? []
      : [
          error(
            'bridge-root-on-network',
            `${networkMounts.join(', ')} ${networkMounts.length === 1 ? 'is' : 'are'} on the network: if ${port} leads there, changing it now would hang the host.`,
            'Configure the bridge in the initramfs or the network manager, and reboot.',
          ),
        ]),
    ...otherManagers.map((name) =>
      error(
        'bridge-other-manager',
        `the network of this host is configured by ${name}, which kvmvlan cannot write for.`,
        OTHER_HINTS[name] ??
          `Create the bridge by means of ${name}: the port ${port} without addresses, the bridge with its MAC address and all its addresses, STP off, VLAN filtering on. Then give it a section in bridge_init.conf.`,
      ),
    ),
  ];
}

const OTHER_HINTS: Readonly<Record<string, string>> = {
  'Proxmox VE':
    'Use its web interface (Network, Create, Linux Bridge, with "VLAN aware"), or edit /etc/network/interfaces and run `ifreload -a`.',
  NixOS:
    'Set networking.bridges.br0.interfaces and move the addresses to networking.interfaces.br0 in configuration.nix; set vlan-filtering by bridge_init.conf.',
};

function refuseProvider({ port, network, facts, macsAllowed }: CreateFacts): Problem[] {
  if (macsAllowed) return [];
  const isProvider = PROVIDERS.test(facts.machine);
  const isSingle = lastingAddresses(network, port).some(({ address }) => address.endsWith('/32'));
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
  if (!isProvider && !isSingle && !isOutside) return [];
  const why = isProvider
    ? `this is a machine of a provider (${facts.machine})`
    : isSingle
      ? `${port} has an address with the prefix /32`
      : `the gateway of ${port} is outside of its network`;
  return [
    error(
      'bridge-provider',
      `${why}. Most providers block frames of other MAC addresses than the server's, and some lock the server because of them.`,
      'Ask your provider for MAC addresses of guests, or route guests. If your provider accepts other MAC addresses, use `--provider-allows-macs`.',
    ),
  ];
}

function refuseSession({ session, network, port }: CreateFacts): Problem[] {
  const link = session === null ? undefined : network.links.get(session);
  if (link === undefined) return [];
  const isTunnel = TUNNELS.includes(link.kind ?? '');
  const isFromGuest = [...network.links.values()].some(
    ({ master, kind }) => master === link.name && kind === 'tun',
  );
  if (!isTunnel && !isFromGuest) return [];
  const what = isTunnel ? 'a tunnel' : 'a bridge with guests, so from a guest';
  return [
    error(
      'bridge-session',
      `your session comes in through ${link.name}, ${what} that may depend on ${port}.`,
      `Run this from the console, or log in over ${port} itself.`,
    ),
  ];
}
