import type { Problem } from '../../model/problem';
import type { BridgeRequest } from '../backend';
import { refused } from '../bridge_problems';
import { parseBoolean } from '../booleans';
import { isAtLeast } from '../version';
import { matchesSpec, type SpecDevice } from './device_spec';
import { getValue, type Keyfile, parseKeyfile, sectionsOf } from './keyfile';
import type { NmState } from './nm_state';
import {
  fileInEtc,
  IN_RUN,
  isKeyfile,
  isOfNetplan,
  PORT_TYPES,
  profileId,
  quotedId,
  type StoredProfile,
  typeOf,
} from './stored_profile';

/** The first version that reads profiles in /run. Filtering of VLANs is older. */
const OLDEST = '1.20';

/** Why NetworkManager's configuration cannot be changed so that there is a bridge. */
export function refusals(state: NmState, request: BridgeRequest): Problem[] {
  const unreadable = refuseFile(state.profile);
  return [
    ...(unreadable.length > 0 ? unreadable : refusePort(state, request)),
    ...request.vlans.flatMap(({ name }) => refuseVlan(state, name, request)),
    ...refuseBridge(state, request),
    ...refuseVersion(state),
    ...refuseIfupdown(state, request),
  ];
}

function refusePort({ profile, saved }: NmState, { port }: BridgeRequest): Problem[] {
  const type = typeOf(profile);
  if (!PORT_TYPES.includes(type))
    return [
      refused(
        `${port.name} has a profile of type ${type || 'unknown'}, and only Ethernet interfaces and bonds can become ports.`,
        `Give ${port.name} a profile of type ethernet or bond first.`,
      ),
    ];
  if (sectionsOf(profile.keyfile, '802-1x').length > 0)
    return [
      refused(
        `${port.name} logs in to the switch by 802.1X: the switch would block the frames of guests, or the host.`,
        `Ask for a switch port without 802.1X, and remove it from the profile ${quotedId(profile)}.`,
      ),
    ];
  const inEtc = saved === null ? null : getValue(parseKeyfile(saved), 'connection', 'uuid');
  if (inEtc !== null && inEtc !== profile.uuid)
    return [
      refused(
        `the profile ${quotedId(profile)} is not saved, and ${fileInEtc(profile.file)} is the file of another profile.`,
        `Save it: nmcli connection modify uuid ${profile.uuid} connection.interface-name ${port.name}`,
      ),
    ];
  const isUnsaved = profile.file.startsWith(`${IN_RUN}/`) && saved === null;
  return type === 'bond' && isUnsaved ? [unsaved(profile, port.name)] : [];
}

function refuseVlan({ profiles }: NmState, name: string, { port }: BridgeRequest): Problem[] {
  const vlan = profiles.find(({ device }) => device === name);
  if (vlan === undefined || isOfNetplan(vlan.file) || (typeOf(vlan) !== 'vlan' && vlan.text !== null))
    return [
      refused(
        `the VLAN interface ${name} is not configured by a profile of NetworkManager, so it would stay on ${port.name}.`,
        `Create a profile for it with \`nmcli connection add type vlan\`, or delete it: ip link delete ${name}`,
      ),
    ];
  return [...refuseFile(vlan), ...(vlan.file.startsWith(`${IN_RUN}/`) ? [unsaved(vlan, name)] : [])];
}

function refuseBridge({ profiles, config }: NmState, { bridge, port }: BridgeRequest): Problem[] {
  // `controller` is the new name of `master`.
  const keys = ['interface-name', 'master', 'controller'];
  const others = profiles.filter(({ keyfile }) =>
    keys.some((key) => getValue(keyfile, 'connection', key) === bridge),
  );
  const problems = others.map((other) =>
    refused(
      `NetworkManager already has a profile for ${bridge}: ${profileId(other)}.`,
      `Delete it if nothing needs it: nmcli connection delete uuid ${other.uuid}`,
    ),
  );
  if (!isUnmanaged(config, { name: bridge, type: 'bridge', mac: port.mac })) return problems;
  return [
    ...problems,
    refused(
      `NetworkManager is configured to leave ${bridge} alone (unmanaged-devices or managed=0).`,
      `Except ${bridge} there: \`NetworkManager --print-config\` shows the setting.`,
    ),
  ];
}

function refuseVersion({ version }: NmState): Problem[] {
  if (version === null || isAtLeast(version, OLDEST)) return [];
  return [
    refused(
      `this is NetworkManager ${version}, and version ${OLDEST} or later is needed.`,
      'Upgrade the package network-manager (Debian) or NetworkManager.',
    ),
  ];
}

/**
 * ifupdown starts these interfaces at boot. In Debian, NetworkManager leaves them alone too, but finds out only when it
 * starts. Source: nms-ifupdown-plugin.c.
 */
function refuseIfupdown({ interfaces }: NmState, { bridge, port, vlans }: BridgeRequest): Problem[] {
  const concerned = [port.name, bridge, ...vlans.map(({ name }) => name)];
  const found = interfaces.filter(({ name }) => concerned.includes(name));
  return [...new Map(found.map((each) => [each.name, each])).values()].map(({ name, file }) =>
    refused(
      `${file} has a stanza for ${name}, too: after a reboot, ifupdown configures it instead of NetworkManager.`,
      'Leave it to one of them first: for NetworkManager, remove the stanza.',
    ),
  );
}

function refuseFile({ uuid, file, text }: StoredProfile): Problem[] {
  if (!isKeyfile(file))
    return [
      refused(
        `the profile ${uuid} is in ${file}, a format that NetworkManager has deprecated.`,
        `Convert it to a keyfile, which does not interrupt the network: nmcli connection migrate ${uuid}`,
      ),
    ];
  return text === null ? [refused(`${file} cannot be read.`, 'Run the command as root.')] : [];
}

function unsaved(profile: StoredProfile, name: string): Problem {
  return refused(
    `the profile ${quotedId(profile)} is not saved: it would be gone after a reboot, and ${name} with it.`,
    `Save it: nmcli connection modify uuid ${profile.uuid} connection.interface-name ${name}`,
  );
}

function isUnmanaged(config: Keyfile, device: SpecDevice): boolean {
  const list = getValue(config, 'keyfile', 'unmanaged-devices');
  if (list !== null && matchesSpec(list, device)) return true;
  return config
    .filter(({ name }) => name.startsWith('device'))
    .some(({ name }) => {
      const match = getValue(config, name, 'match-device');
      const managed = parseBoolean(getValue(config, name, 'managed') ?? '');
      return managed === false && match !== null && matchesSpec(match, device);
    });
}
