import type { Problem } from '../../model/problem';
import type { BridgeRequest } from '../backend';
import { cannotKeep, refused } from '../bridge_problems';
import type { NetplanFile } from './netplan_files';
import { oldPath } from './snapshot';

// All sentences about netplan's definitions, one function for each problem.

/** The types of definitions that take interfaces as their ports, in words. */
const MASTERS = { bonds: 'bond', bridges: 'bridge', vrfs: 'VRF' };

/** A file, and the name of a definition in it. */
interface Named {
  readonly path: string;
  readonly name: string;
}

/** @param file that netplan has written for the definition `id` */
export function notDefined(id: string, file: string): Problem {
  return refused(
    `netplan's files do not define ${id} any more, but ${file} is still in effect.`,
    'Run `netplan apply`, and try again.',
  );
}

export function otherType(port: string, type: string): Problem {
  return refused(
    `netplan defines ${port} under ${type}, and only ethernets and bonds can become ports.`,
    `Choose the interface below ${port} as the port.`,
  );
}

export function supplicantOnPort(port: string, id: string): Problem {
  return refused(
    `${port} uses 802.1X (\`auth\` of ${id}), which is bound to one interface and one MAC address.`,
    'Use a port without 802.1X for the bridge.',
  );
}

export function ofOpenVswitch(port: string, id: string): Problem {
  return refused(`${port} belongs to Open vSwitch (\`openvswitch\` of ${id}).`, 'Choose another port.');
}

export function writtenAtBoot(id: string, path: string): Problem {
  return refused(
    `${path} defines ${id}; some program writes this file at each boot, so a change would be lost.`,
    `Move the definition into /etc/netplan, and try again.`,
  );
}

/** @param dropIns users' files for the file that netplan writes for the definition `id` */
export function lostDropIns(bridge: string, id: string, dropIns: string): Problem {
  return refused(
    `${dropIns} are drop-ins for the file that netplan writes for ${id}, so they would not be in effect for ${bridge}.`,
    `Write their settings in netplan's files, or move the folder to /etc/systemd/network/10-netplan-${bridge}.network.d right before you create the bridge.`,
  );
}

/** @param portId the name of the port's own definition */
export function sortsFirst({ name, path }: Named, portId: string): Problem {
  return refused(
    `${name} in ${path} matches several interfaces, and its name sorts before ${portId}.`,
    `Rename ${name}, run \`netplan apply\`, and try again.`,
  );
}

export function matchesBridge(place: Named, { bridge, port }: BridgeRequest): Problem {
  return matchesToo(place, `the bridge ${bridge}`, port.name);
}

export function matchesGuests(place: Named, { port }: BridgeRequest): Problem {
  return matchesToo(place, "guests' interfaces", port.name);
}

function matchesToo({ name, path }: Named, what: string, port: string): Problem {
  return refused(
    `\`match\` of ${name} in ${path} also applies to ${what}.`,
    `Make it narrower, such as \`match: {name: ${port}}\`, run \`netplan apply\`, and try again.`,
  );
}

export function nameInUse({ path, name }: Named, type: string): Problem {
  return refused(
    `${path} already defines ${name} (under ${type}).`,
    `Choose another name for the bridge, or remove ${name} from this file.`,
  );
}

/** @param id the definition of the port */
export function tunnelOnPort({ name, path }: Named, id: string): Problem {
  return refused(
    `the tunnel ${name} in ${path} is bound to ${id}.`,
    `Remove \`link\` from ${name}, or choose another port.`,
  );
}

export function portTaken(port: string, type: keyof typeof MASTERS, { name, path }: Named): Problem {
  return refused(`${port} belongs to the ${MASTERS[type]} ${name} in ${path}.`, 'Choose another port.');
}

/** @param id the definition of the port */
export function vlanOfCard({ name, path }: Named, id: string): Problem {
  return refused(
    `${name} in ${path} is a VLAN that the card itself sets for ${id} (\`renderer: sriov\`), not one on the bridge.`,
    'Choose another port.',
  );
}

/** @param id the definition of the port */
export function foreignVlan(port: string, id: string, vlan: string): Problem {
  return refused(
    `${vlan} is a VLAN interface of ${port} that netplan does not configure.`,
    `Add ${vlan} to netplan's files (under vlans, with \`link: ${id}\`), or remove it with \`ip link del ${vlan}\`.`,
  );
}

export function losesComments({ name, path }: Pick<NetplanFile, 'name' | 'path'>): Problem {
  return cannotKeep(
    `the comments in ${path} are lost, because the file is written anew.`,
    `The present file will remain as ${oldPath(name)}.`,
  );
}

export function unknownKey(key: string, { name, path }: Named, { bridge, port }: BridgeRequest): Problem {
  return cannotKeep(
    `kvmvlan does not know ${key} of ${name} in ${path}, so it stays with ${port.name}.`,
    `If it is about addresses, move it to ${bridge} after the change.`,
  );
}

export function addressesChange({ bridge, port }: BridgeRequest): Problem {
  return cannotKeep(
    `IPv6 addresses of ${port.name} depend on the interface's name (stable-privacy): ${bridge} gets others.`,
    'To keep an address, set ipv6-address-token instead before the change.',
  );
}

/** @param path of the file that turns cloud-init off */
export function endsCloudInit(path: string): Problem {
  return cannotKeep(
    'cloud-init will not configure the network of this host any more: it would remove the bridge.',
    `To let it do so again, remove ${path}.`,
  );
}

/** @param ports that the bridge has now */
export function notRemovable(bridge: string, ports: readonly string[]): Problem {
  return ports.length > 1
    ? refused(
        `${bridge} has more ports now: ${ports.join(', ')}.`,
        `Remove the ports that were added from netplan's files, run \`netplan apply\`, and try again.`,
      )
    : refused(
        `netplan's files define no bridge ${bridge} with a port any more.`,
        `Edit the files in /etc/netplan by hand, and run \`netplan apply\`.`,
      );
}

/** @param edited which files were edited after the bridge was created: this one, or those that need it */
export function remains(path: string, edited: 'itself' | 'others'): Problem {
  const why = edited === 'others' ? 'files of netplan were edited' : 'it was edited';
  return cannotKeep(
    `${path} remains, because ${why} after the bridge was created.`,
    `If you do not need it, remove ${path} afterwards.`,
  );
}
