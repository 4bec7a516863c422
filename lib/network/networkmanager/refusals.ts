import type { Problem } from '../../model/problem';
import type { BridgeRequest } from '../backend';
import { parseBoolean } from '../booleans';
import { isAtLeast } from '../version';
import { matchesSpec, type SpecDevice } from './device_spec';
import { getValue, type Keyfile, parseKeyfile, sectionsOf } from './keyfile';
import type { NmState } from './nm_state';
import {
  alsoInIfupdown,
  bridgeHasProfile,
  bridgeUnmanaged,
  fileTaken,
  foreignVlan,
  otherFormat,
  otherType,
  supplicantOnPort,
  tooOld,
  unreadable,
  unsaved,
} from './problems';
import { IN_RUN, isKeyfile, isOfNetplan, PORT_TYPES, type StoredProfile, typeOf } from './stored_profile';

/** The first version that reads profiles in /run. Filtering of VLANs is older. */
const OLDEST = '1.20';

/** Why NetworkManager's configuration cannot be changed so that there is a bridge. */
export function refusals(state: NmState, request: BridgeRequest): Problem[] {
  const ofFile = refuseFile(state.profile);
  return [
    ...(ofFile.length > 0 ? ofFile : refusePort(state, request)),
    ...request.vlans.flatMap(({ name }) => refuseVlan(state, name, request)),
    ...refuseBridge(state, request),
    ...refuseVersion(state),
    ...refuseIfupdown(state, request),
  ];
}

function refusePort({ profile, saved }: NmState, { port }: BridgeRequest): Problem[] {
  const type = typeOf(profile);
  if (!PORT_TYPES.includes(type)) return [otherType(port.name, type)];
  if (sectionsOf(profile.keyfile, '802-1x').length > 0) return [supplicantOnPort(port.name, profile)];
  const inEtc = saved === null ? null : getValue(parseKeyfile(saved), 'connection', 'uuid');
  if (inEtc !== null && inEtc !== profile.uuid) return [fileTaken(port.name, profile)];
  const isUnsaved = profile.file.startsWith(`${IN_RUN}/`) && saved === null;
  return type === 'bond' && isUnsaved ? [unsaved(port.name, profile)] : [];
}

function refuseVlan({ profiles }: NmState, name: string, { port }: BridgeRequest): Problem[] {
  const vlan = profiles.find(({ device }) => device === name);
  if (vlan === undefined || isOfNetplan(vlan.file) || (typeOf(vlan) !== 'vlan' && vlan.text !== null))
    return [foreignVlan(port.name, name)];
  return [...refuseFile(vlan), ...(vlan.file.startsWith(`${IN_RUN}/`) ? [unsaved(name, vlan)] : [])];
}

function refuseBridge({ profiles, config }: NmState, { bridge, port }: BridgeRequest): Problem[] {
  // `controller` is the new name of `master`.
  const keys = ['interface-name', 'master', 'controller'];
  const others = profiles.filter(({ keyfile }) =>
    keys.some((key) => getValue(keyfile, 'connection', key) === bridge),
  );
  return [
    ...others.map((other) => bridgeHasProfile(bridge, other)),
    ...(isUnmanaged(config, { name: bridge, type: 'bridge', mac: port.mac })
      ? [bridgeUnmanaged(bridge)]
      : []),
  ];
}

function refuseVersion({ version }: NmState): Problem[] {
  return version === null || isAtLeast(version, OLDEST) ? [] : [tooOld(version, OLDEST)];
}

/**
 * ifupdown starts these interfaces at boot. In Debian, NetworkManager leaves them alone too, but finds out only when it
 * starts. Source: nms-ifupdown-plugin.c.
 */
function refuseIfupdown({ interfaces }: NmState, { bridge, port, vlans }: BridgeRequest): Problem[] {
  const concerned = [port.name, bridge, ...vlans.map(({ name }) => name)];
  const found = interfaces.filter(({ name }) => concerned.includes(name));
  return [...new Map(found.map((each) => [each.name, each])).values()].map(({ name, file }) =>
    alsoInIfupdown(name, file),
  );
}

function refuseFile(profile: StoredProfile): Problem[] {
  if (!isKeyfile(profile.file)) return [otherFormat(profile)];
  return profile.text === null ? [unreadable(profile)] : [];
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
