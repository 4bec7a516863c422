import type { NetLink } from '../../model/network/host_network';
import type { Problem } from '../../model/problem';
import type { ProblemCode } from '../../model/problem_code';
import { shellQuote } from '../../text/shell_quote';

// All sentences about a bridge that is to be created, whatever the network manager, one function for each problem.

/** @param longest the number of characters that a name can have */
export function badName(bridge: string, longest: number): Problem {
  return error(
    'bridge-name',
    `${JSON.stringify(bridge)} cannot be the name of an interface.`,
    `Use up to ${longest} letters, digits, dots, hyphens and underscores, as in br0.`,
  );
}

export function nameInUse({ name, kind }: NetLink): Problem {
  return kind === 'bridge'
    ? error(
        'bridge-name',
        `${name} exists already.`,
        'Use it as it is: give it a section in bridge_init.conf. Or choose another name.',
      )
    : error(
        'bridge-name',
        `${name} exists already, and is ${kind === null ? 'a NIC' : `of the kind ${kind}`}.`,
        'Choose another name.',
      );
}

/** @param others interfaces that could be the port */
export function portMissing(port: string, others: readonly string[]): Problem {
  return error(
    'bridge-port-missing',
    `there is no interface ${port}.`,
    others.length === 0 ? '`ip link` shows all interfaces.' : `Use one of ${others.join(', ')}.`,
  );
}

/** @param kind of the master; empty: not known */
export function portTaken(port: string, master: string, kind: string): Problem {
  const hints: Record<string, string> = {
    bridge: `Use that bridge: give it a section in bridge_init.conf with trunk-port = ${port}.`,
    bond: `Use the bond as the port: \`kvmvlan bridge create br0 --port ${shellQuote(master)}\`.`,
    team: 'Replace the team by a bond, which can be the port of a bridge.',
    vrf: 'Take it out of the VRF first.',
    openvswitch: 'Open vSwitch has its own VLANs; a guest uses it with <virtualport type="openvswitch"/>.',
  };
  return error(
    'bridge-port-taken',
    `${port} belongs to ${master} already${kind === '' ? '' : ` (${kind})`}.`,
    hints[kind] ?? `Take it out first: \`ip link set ${shellQuote(port)} nomaster\`.`,
  );
}

export function wifiPort(port: string): Problem {
  return error(
    'bridge-wifi',
    `${port} is a Wi-Fi interface. An access point accepts only its own MAC address, so it cannot be the port of a bridge.`,
    'Use a NIC with a cable, or give guests a network of libvirt with NAT: `virsh net-start default`.',
  );
}

export function vlanAsPort({ name, below }: NetLink): Problem {
  return error(
    'bridge-unsupported',
    `${name} is a VLAN interface of ${below ?? 'another interface'}. The bridge itself filters VLANs.`,
    `Use the interface below it: \`kvmvlan bridge create br0 --port ${shellQuote(below ?? 'eth0')}\`. ${name} stays, on top of the bridge.`,
  );
}

export function bridgeAsPort(port: string): Problem {
  return error('bridge-unsupported', `${port} is a bridge.`, 'A bridge cannot be a port of a bridge.');
}

export function notEthernet({ name, kind, type }: NetLink): Problem {
  return error(
    'bridge-unsupported',
    `${name} is no Ethernet interface that can be a port of a bridge (${kind ?? type}).`,
    'Use a NIC or a bond.',
  );
}

const UNSAFE = {
  dsa: 'it belongs to a switch chip (DSA)',
  supplicant: '802.1X is configured on it (wpa_supplicant)',
  xdp: 'an XDP program is attached to it',
};

export function unsafePort(port: string, why: keyof typeof UNSAFE): Problem {
  return error(
    'bridge-unsupported',
    `${port} cannot be moved safely: ${UNSAFE[why]}.`,
    'Create the bridge by the means of your network manager, on the console.',
  );
}

/**
 * @param uppers the interfaces, at least one, that use the port directly
 * @param guests those that have such interfaces
 */
export function sharedPort(port: string, uppers: readonly NetLink[], guests: readonly string[]): Problem {
  const [first] = uppers;
  const isOne = uppers.length === 1;
  const who =
    guests.length > 0
      ? `guests ${guests.join(', ')} use`
      : `${uppers.map(({ name }) => name).join(', ')} use${isOne ? 's' : ''}`;
  return error(
    'bridge-port-shared',
    `${who} ${port} directly (${first?.kind ?? ''}); then it cannot be the port of a bridge.`,
    guests.length > 0
      ? 'Stop these guests and change their interfaces to the bridge first.'
      : `Remove ${isOne ? 'it' : 'them'} first: \`ip link del ${shellQuote(first?.name ?? '')}\`.`,
  );
}

export function vlanIsPort({ name, master }: NetLink): Problem {
  return error(
    'bridge-port-shared',
    `${name} is a port of ${master ?? ''}: it would be created again on top of the bridge, and its guests would lose their network.`,
    `Move those guests to the new bridge, in that VLAN, and remove ${name} afterwards; or choose another NIC.`,
  );
}

export function providerVlan({ name, vlan }: NetLink): Problem {
  return error(
    'bridge-unsupported',
    `${name} has 802.1ad tags (VLAN ${vlan?.vid ?? ''}), and the new bridge filters 802.1Q.`,
    'Use another NIC for the bridge, or an 802.1Q VLAN interface.',
  );
}

export function onVlan({ name, below }: NetLink): Problem {
  return error(
    'bridge-port-shared',
    `${name} is on top of ${below ?? ''}, which would be created again on top of the bridge.`,
    `Remove ${name} first.`,
  );
}

export function noSystemd(): Problem {
  return error(
    'bridge-unsupported',
    'systemd has not booted this host. It makes the change and rolls it back, whatever happens to your session.',
    'Create the bridge by the means of your network manager, on the console.',
  );
}

export function readOnlyMount(place: string): Problem {
  return error(
    'bridge-unsupported',
    `${place} is mounted read-only, so the configuration could not be kept.`,
    place === '/'
      ? 'Mount it writable first: `mount -o remount,rw /`. If the system comes as an image, configure the bridge in the image.'
      : 'Mount it writable first: `mount -o remount,rw /etc`.',
  );
}

export function rootOnNetwork(port: string, mounts: readonly string[]): Problem {
  return error(
    'bridge-root-on-network',
    `${mounts.join(', ')} ${mounts.length === 1 ? 'is' : 'are'} on the network: if ${port} leads there, changing it now would hang the host.`,
    'Configure the bridge in the initramfs or the network manager, and reboot.',
  );
}

const MANAGER_HINTS: Readonly<Record<string, string>> = {
  'Proxmox VE':
    'Use its web interface (Network, Create, Linux Bridge, with "VLAN aware"), or edit /etc/network/interfaces and run `ifreload -a`.',
  NixOS:
    'Set networking.bridges.br0.interfaces and move the addresses to networking.interfaces.br0 in configuration.nix; set vlan-filtering by bridge_init.conf.',
};

export function otherManager(port: string, manager: string): Problem {
  return error(
    'bridge-other-manager',
    `the network of this host is configured by ${manager}, which kvmvlan cannot write for.`,
    MANAGER_HINTS[manager] ??
      `Create the bridge by means of ${manager}: the port ${port} without addresses, the bridge with its MAC address and all its addresses, STP off, VLAN filtering on. Then give it a section in bridge_init.conf.`,
  );
}

/** By what a host of a provider is recognized. */
export type ProviderSign =
  { readonly machine: string } | { readonly port: string; readonly has: 'prefix-32' | 'gateway-outside' };

export function filtersMacs(sign: ProviderSign): Problem {
  const why =
    'machine' in sign
      ? `this is a machine of a provider (${sign.machine})`
      : sign.has === 'prefix-32'
        ? `${sign.port} has an address with the prefix /32`
        : `the gateway of ${sign.port} is outside of its network`;
  return error(
    'bridge-provider',
    `${why}. Most providers block frames of other MAC addresses than the server's, and some lock the server because of them.`,
    'Ask your provider for MAC addresses of guests, or route guests. If your provider accepts other MAC addresses, use `--provider-allows-macs`.',
  );
}

/** @param through the interface that the user's session comes in through */
export function dependentSession(port: string, through: string, isTunnel: boolean): Problem {
  return error(
    'bridge-session',
    `your session comes in through ${through}, ${isTunnel ? 'a tunnel' : 'a bridge with guests, so from a guest'} that may depend on ${port}.`,
    `Run this from the console, or log in over ${port} itself.`,
  );
}

export function noCarrier(port: string): Problem {
  return warning(
    'bridge-no-carrier',
    `${port} has no carrier, so it cannot be tested whether the bridge works.`,
    'Plug in the cable first.',
  );
}

export function virtualFunctions(port: string, count: number): Problem {
  return warning(
    'bridge-virtual-functions',
    `${port} has ${count} virtual functions (SR-IOV). Its embedded switch does not learn the guests' MAC addresses, so guests with a virtual function cannot reach guests on the bridge.`,
    `For each guest on the bridge, add its MAC address: \`bridge fdb add <MAC> dev ${port} self\`.`,
  );
}

function error(code: ProblemCode, message: string, hint: string): Problem {
  return { level: 'error', code, message, hint };
}

function warning(code: ProblemCode, message: string, hint: string): Problem {
  return { level: 'warning', code, message, hint };
}
