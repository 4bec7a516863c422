import type { BridgeRequest } from '../backend';
import { formatNmVlans } from '../bridge_vlans';
import { getValue, keyOf, type Keyfile, setValue, setValues, withoutSections } from './keyfile';
import { linesOf, mtuOf, NOTES, OF_BRIDGE, OF_PORT, OF_PROFILE, uuidFor } from './profile_parts';
import { canStartOn, priorityOf, type StoredProfile } from './stored_profile';

/** Source: nm-setting-connection.h. */
export const MAX_PRIORITY = 999;

/** The profile of an Ethernet port: all that the old one says about the link. */
export function portProfile(
  old: StoredProfile,
  profiles: readonly StoredProfile[],
  request: BridgeRequest,
): Keyfile {
  const { bridge, port } = request;
  const rivals = profiles.filter((each) => canStartOn(each, port.name));
  const priority = Math.max(0, ...rivals.map(priorityOf));
  const own = setValues(
    [],
    [
      ['connection', 'id', `kvmvlan-${bridge}-${port.name}`],
      ['connection', 'uuid', uuidFor(old.uuid, bridge, port.name)],
      ['connection', 'type', 'ethernet'],
      ['connection', 'interface-name', nameOfPort(old.keyfile, port.name)],
      // Above all others. The old one stays as it is until the change is confirmed.
      ['connection', 'autoconnect-priority', String(Math.min(MAX_PRIORITY, priority + 1))],
    ],
  );
  const kept = linesOf(old.keyfile, 'connection', (key) => OF_PORT.includes(key));
  const link = withoutSections(old.keyfile, [...OF_BRIDGE, ...NOTES, 'connection']);
  const whole = [...own.map((each) => ({ ...each, lines: [...each.lines, ...kept] })), ...link];
  // It is for this interface now, whatever others the old one was for.
  return asPort(pinMac(setValue(whole, 'match', 'interface-name', null), request), old.keyfile, request);
}

/** A profile that was bound by the permanent MAC address only also finds the NIC if it gets another name. */
function nameOfPort(old: Keyfile, port: string): string | null {
  const isByMac = (getValue(old, 'ethernet', 'mac-address') ?? '') !== '';
  return isByMac && (getValue(old, 'connection', 'interface-name') ?? '') === '' ? null : port;
}

/** The profile of a bond as a port. It keeps its UUID, by which the profiles of the bond's ports can name it. */
export function bondProfile(old: StoredProfile, request: BridgeRequest): Keyfile {
  const link = withoutSections(old.keyfile, ['ipv4', 'ipv6', 'proxy', 'hostname', '.nmmeta']).map(
    (section) =>
      section.name === 'connection'
        ? { ...section, lines: section.lines.filter((line) => isOfBond(keyOf(line))) }
        : section,
  );
  const named = setValues(link, [
    ['connection', 'uuid', old.uuid],
    ['connection', 'interface-name', request.port.name],
    // The new name of the next one, which would count more.
    ['connection', 'autoconnect-ports', null],
    ['connection', 'autoconnect-slaves', '1'],
  ]);
  return asPort(named, old.keyfile, request);
}

/** All others are about addresses. */
function isOfBond(key: string | null): boolean {
  return key === null || OF_PROFILE.includes(key) || OF_PORT.includes(key);
}

/** `master` and `slave-type` are read by all versions, `controller` and `port-type` only by new ones. */
function asPort(keyfile: Keyfile, old: Keyfile, request: BridgeRequest): Keyfile {
  return setValues(keyfile, [
    ['connection', 'controller', null],
    ['connection', 'port-type', null],
    ['connection', 'master', request.bridge],
    ['connection', 'slave-type', 'bridge'],
    ['ethernet', 'mtu', mtuOf(old, request)],
    ['bridge-port', 'vlans', formatNmVlans(request.bridgeVlans.trunk)],
  ]);
}

/** An address that NetworkManager computes from the profile would change with it. */
function pinMac(keyfile: Keyfile, { port }: BridgeRequest): Keyfile {
  const cloned = getValue(keyfile, 'ethernet', 'cloned-mac-address') ?? '';
  const isComputed = ['random', 'stable', 'stable-ssid'].includes(cloned);
  const isOther = cloned === '' && port.permanentMac !== null && port.permanentMac !== port.mac;
  return isComputed || isOther
    ? setValue(keyfile, 'ethernet', 'cloned-mac-address', port.mac.toUpperCase())
    : keyfile;
}
