import type { NetLink } from '../../model/network/host_network';
import type { Problem } from '../../model/problem';
import type { BridgeRecord, BridgeRequest, MovedVlan } from '../backend';
import { cannotKeep, refused } from '../bridge_problems';

// All sentences about stanzas, one function for each problem.

const FILE = '/etc/network/interfaces';

export function noStanza(port: string): Problem {
  return refused(
    `${port} was started by ifupdown, but has no stanza in ${FILE} or what it sources any more.`,
    `Write a stanza for ${port}, and start it again: ifdown --force ${port}; ifup ${port}`,
  );
}

export function unclearLine(words: readonly string[]): Problem {
  return refused(
    `${FILE} has the line "${words.join(' ')}", which kvmvlan does not follow.`,
    'Name the files, or use patterns only in the last part of the path.',
  );
}

/** @param option one of wpa_supplicant */
export function supplicantOnPort(port: string, option: string): Problem {
  return refused(
    `${port} logs in to the switch by 802.1X (${option}): the switch would block the frames of guests, or the host.`,
    `Ask for a switch port without 802.1X, and remove the wpa options from the stanza of ${port}.`,
  );
}

export function inheritedLink({ port, bridge }: BridgeRequest, options: readonly string[]): Problem {
  return refused(
    `the stanza of ${port.name} inherits settings of the link (${options.join(', ')}), which ${bridge} would inherit, too.`,
    `Write them into the stanza of ${port.name}, and remove them from the template.`,
  );
}

/** @param mapped the interfaces with a mapping */
export function mappedStanza(port: string, mapped: readonly string[]): Problem {
  return refused(
    `a mapping in ${FILE} chooses the stanza of ${mapped.join(' and ')}.`,
    `Name the stanza \`iface ${port}\`, remove the mapping, run \`ifdown ${port}; ifup ${port}\`, and try again.`,
  );
}

export function stanzaOfBridge(bridge: string): Problem {
  return refused(
    `${FILE} has a stanza for ${bridge} already.`,
    'Remove it, or choose another name for the bridge.',
  );
}

/** @param heir an interface whose stanza inherits from the one of the port */
export function heirOfPort({ port, bridge }: BridgeRequest, heir: string): Problem {
  return refused(
    `the stanza of ${heir} inherits from the stanza of ${port.name}, which moves to ${bridge}.`,
    'Write its options into its own stanza, and try again.',
  );
}

export function foreignVlan({ port, bridge }: BridgeRequest, { name, vid }: MovedVlan): Problem {
  return refused(
    `${FILE} does not say how ${name} is created, so it cannot be put on ${bridge}.`,
    `Give it a stanza with \`vlan-raw-device ${port.name}\`, named ${port.name}.${vid} or vlan${vid}, or delete it: \`ip link del ${name}\`.`,
  );
}

export function idleVlan({ port, bridge }: BridgeRequest, vlan: string): Problem {
  return refused(
    `${FILE} has a stanza for ${vlan}, which is not up. On ${port.name} it would take its VLAN away from ${bridge}.`,
    `Start it with \`ifup ${vlan}\`, so that it is moved, or remove its stanza.`,
  );
}

export function manualStart({ port, bridge }: BridgeRequest): Problem {
  return cannotKeep(
    `no line \`auto\` or \`allow-hotplug\` starts ${port.name} at boot, but ${bridge} will be started.`,
    `If you do not want that, remove the line \`auto ${port.name} ${bridge}\` after you have confirmed.`,
  );
}

/** @param words of a command in a stanza that moves to the bridge */
export function commandNamesPort({ port, bridge }: BridgeRequest, words: readonly string[]): Problem {
  return cannotKeep(
    `this command names ${port.name}, and it is not known whether it should name ${bridge} now: ${words.join(' ')}`,
    `If it is about addresses or the firewall, change it to ${bridge} or $IFACE first.`,
  );
}

/** @param path of a conf file of the DHCP client */
export function clientSettings({ port, bridge }: BridgeRequest, path: string): Problem {
  return cannotKeep(
    `${path} has settings for ${port.name}, which do not apply to ${bridge}.`,
    `Copy them to a section for ${bridge} first.`,
  );
}

export function addressFromSecret({ name, addrGenMode }: NetLink, bridge: string): Problem {
  return cannotKeep(
    `the kernel makes the IPv6 address of ${name} from a secret of that interface (addr_gen_mode ${addrGenMode ?? ''}); ${bridge} gets another address.`,
    `Update what refers to the old address, such as DNS.`,
  );
}

export function editedSince({ bridge }: BridgeRecord, path: string): Problem {
  return refused(
    `the stanzas in ${path} that \`bridge create\` wrote have been edited since, so their earlier text cannot be put back.`,
    `Move the stanzas of ${bridge} back yourself, and run \`ifdown ${bridge}; ip link del ${bridge}\` on the console.`,
  );
}
