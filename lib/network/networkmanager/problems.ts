import type { NetAddress } from '../../model/network/host_network';
import type { Problem } from '../../model/problem';
import type { BridgeRecord, BridgeRequest } from '../backend';
import { cannotKeep, refused } from '../bridge_problems';
import { MAX_PRIORITY } from './port_profile';
import { fileInEtc, profileId, quotedId, type StoredProfile } from './stored_profile';

// All sentences about profiles, one function for each problem.

/** @param type of the profile; empty: none */
export function otherType(port: string, type: string): Problem {
  return refused(
    `${port} has a profile of type ${type || 'unknown'}, and only Ethernet interfaces and bonds can become ports.`,
    `Give ${port} a profile of type ethernet or bond first.`,
  );
}

export function supplicantOnPort(port: string, profile: StoredProfile): Problem {
  return refused(
    `${port} logs in to the switch by 802.1X: the switch would block the frames of guests, or the host.`,
    `Ask for a switch port without 802.1X, and remove it from the profile ${quotedId(profile)}.`,
  );
}

export function fileTaken(port: string, profile: StoredProfile): Problem {
  return refused(
    `the profile ${quotedId(profile)} is not saved, and ${fileInEtc(profile.file)} is the file of another profile.`,
    savingIt(profile, port),
  );
}

/** @param name of the interface that the profile is for */
export function unsaved(name: string, profile: StoredProfile): Problem {
  return refused(
    `the profile ${quotedId(profile)} is not saved: it would be gone after a reboot, and ${name} with it.`,
    savingIt(profile, name),
  );
}

function savingIt({ uuid }: StoredProfile, name: string): string {
  return `Save it: nmcli connection modify uuid ${uuid} connection.interface-name ${name}`;
}

export function foreignVlan(port: string, vlan: string): Problem {
  return refused(
    `the VLAN interface ${vlan} is not configured by a profile of NetworkManager, so it would stay on ${port}.`,
    `Create a profile for it with \`nmcli connection add type vlan\`, or delete it: ip link delete ${vlan}`,
  );
}

export function bridgeHasProfile(bridge: string, profile: StoredProfile): Problem {
  return refused(
    `NetworkManager already has a profile for ${bridge}: ${profileId(profile)}.`,
    `Delete it if nothing needs it: nmcli connection delete uuid ${profile.uuid}`,
  );
}

export function bridgeUnmanaged(bridge: string): Problem {
  return refused(
    `NetworkManager is configured to leave ${bridge} alone (unmanaged-devices or managed=0).`,
    `Except ${bridge} there: \`NetworkManager --print-config\` shows the setting.`,
  );
}

export function tooOld(version: string, oldest: string): Problem {
  return refused(
    `this is NetworkManager ${version}, and version ${oldest} or later is needed.`,
    'Upgrade the package network-manager (Debian) or NetworkManager.',
  );
}

/** @param file with the stanza */
export function alsoInIfupdown(name: string, file: string): Problem {
  return refused(
    `${file} has a stanza for ${name}, too: after a reboot, ifupdown configures it instead of NetworkManager.`,
    'Leave it to one of them first: for NetworkManager, remove the stanza.',
  );
}

export function otherFormat({ uuid, file }: StoredProfile): Problem {
  return refused(
    `the profile ${uuid} is in ${file}, a format that NetworkManager has deprecated.`,
    `Convert it to a keyfile, which does not interrupt the network: nmcli connection migrate ${uuid}`,
  );
}

export function unreadable({ file }: StoredProfile): Problem {
  return refused(`${file} cannot be read.`, 'Run the command as root.');
}

export function manualStart(bridge: string, profile: StoredProfile): Problem {
  return cannotKeep(
    `the profile ${quotedId(profile)} is not activated at boot, but the bridge will be.`,
    `If you do not want that: nmcli connection modify kvmvlan-${bridge} connection.autoconnect no`,
  );
}

/** @param rival a profile that could be activated on the port as well */
export function rivalProfile({ bridge, port }: BridgeRequest, rival: StoredProfile): Problem {
  return cannotKeep(
    `the profile ${quotedId(rival)} has the highest priority, so it may take ${port.name} away from ${bridge} at boot.`,
    `Lower it: nmcli connection modify uuid ${rival.uuid} connection.autoconnect-priority ${MAX_PRIORITY - 1}`,
  );
}

export function idleVlan({ bridge, port }: BridgeRequest, vlan: StoredProfile): Problem {
  return cannotKeep(
    `the VLAN profile ${quotedId(vlan)} is not active, and stays on ${port.name}: if it is activated, it takes the frames of its VLAN from the bridge.`,
    `Before you use it: nmcli connection modify uuid ${vlan.uuid} vlan.parent ${bridge}`,
  );
}

/** @param match the interfaces that the section of NetworkManager.conf is for */
export function defaultsOfPort({ bridge, port }: BridgeRequest, section: string, match: string): Problem {
  return cannotKeep(
    `the section [${section}] of NetworkManager.conf sets defaults for ${port.name}, but not for ${bridge}.`,
    `Add ${bridge} to its match-device if it needs them: match-device=${match},interface-name:${bridge}`,
  );
}

export function noLease(port: string): Problem {
  return cannotKeep(
    `the DHCP client ID of ${port} is not known, because it has no lease: the server may give the bridge another address.`,
    'Wait until it has a lease, or set ipv4.dhcp-client-id in its profile.',
  );
}

export function becomesStatic({ address }: NetAddress): Problem {
  return cannotKeep(
    `${address} becomes a static address of the bridge: NetworkManager would generate another one for it.`,
    'If the router announces another prefix one day, remove the address from the profile of the bridge.',
  );
}

export function addressChanges({ address }: NetAddress): Problem {
  return cannotKeep(
    `the bridge gets another address instead of ${address}: NetworkManager generates it for each interface.`,
    'Before you go on, change what refers to this address, such as entries of DNS and firewalls.',
  );
}

/** @param keys the settings that were edited in profiles of the bridge, and that the profile does not have */
export function editsLost(
  { bridge, port }: BridgeRecord,
  profile: StoredProfile,
  keys: readonly string[],
): Problem {
  return refused(
    `the profiles of ${bridge} were edited after it was created (${keys.join(', ')}), and the profile ${quotedId(profile)}, which ${port} gets back, does not have these changes.`,
    `Make the same changes there first: nmcli connection edit uuid ${profile.uuid}`,
  );
}

export function noFormer({ bridge, port }: BridgeRecord): Problem {
  return refused(
    `NetworkManager does not have the profile any more that ${port} used before ${bridge} was created.`,
    `Create a profile for ${port}, activate it, and delete the profiles whose names begin with kvmvlan-${bridge}.`,
  );
}

export function addedVlan({ bridge, port }: BridgeRecord, vlan: StoredProfile): Problem {
  return cannotKeep(
    `the VLAN profile ${quotedId(vlan)} was added to ${bridge} later, and ends with it.`,
    `To have it on ${port}: nmcli connection modify uuid ${vlan.uuid} vlan.parent ${port}`,
  );
}

/** @param file of a bond's profile */
export function bondEdited(file: string): Problem {
  return refused(
    `${file} was edited after the bridge was created, so it cannot be replaced by what it was before.`,
    'Take the edit back, or move the addresses from the bridge to the bond by hand.',
  );
}
