import type { BridgeRequest } from '../backend';
import { formatNmVlans } from '../bridge_vlans';
import { keyOf, type Keyfile, nameOf, setValue, setValues } from './keyfile';
import { isForBridge, linesOf, mtuOf, OF_BRIDGE, OF_PROFILE, uuidFor } from './profile_parts';
import type { StoredProfile } from './stored_profile';

/** The key by which a bridge's profile names the profile that it replaces, for the day when the bridge is removed. */
export const REPLACES = 'org.kvmvlan.replaces';

/** The profile of the bridge, with all that the port's profile says about addresses. */
export function bridgeProfile(old: StoredProfile, request: BridgeRequest): Keyfile {
  const { bridge, port, bridgeVlans } = request;
  const own = setValues(
    [],
    [
      ['connection', 'id', `kvmvlan-${bridge}`],
      ['connection', 'uuid', uuidFor(old.uuid, bridge)],
      ['connection', 'type', 'bridge'],
      ['connection', 'interface-name', bridge],
      ['connection', 'autoconnect-slaves', '1'],
      ['ethernet', 'cloned-mac-address', port.mac.toUpperCase()],
      ['ethernet', 'mtu', mtuOf(old.keyfile, request)],
      ['bridge', 'stp', 'false'],
      ['bridge', 'vlan-filtering', 'true'],
      // With a default PVID, NetworkManager would put guests' ports into that VLAN whenever it resets the bridge.
      ['bridge', 'vlan-default-pvid', String(bridgeVlans.defaultPvid ?? 0)],
      ['bridge', 'vlans', formatNmVlans(bridgeVlans.own)],
    ],
  );
  const inConnection = linesOf(
    old.keyfile,
    'connection',
    (key) => !OF_PROFILE.includes(key) && isForBridge(key),
  );
  const moved = old.keyfile
    .filter(({ name }) => OF_BRIDGE.includes(nameOf(name)))
    .map((section) => ({
      ...section,
      lines: section.lines.filter((line) => keyOf(line) !== 'org.freedesktop.NetworkManager.origin'),
    }));
  const whole = [
    ...own.map((each) =>
      each.name === 'connection' ? { ...each, lines: [...each.lines, ...inConnection] } : each,
    ),
    ...moved,
  ];
  return renameInRules(setValue(whole, 'user', REPLACES, old.uuid), port.name, bridge);
}

function renameInRules(keyfile: Keyfile, port: string, bridge: string): Keyfile {
  return keyfile.map((section) => ({
    ...section,
    lines: section.lines.map((line) => renamedRule(keyOf(line) ?? '', line, port, bridge)),
  }));
}

/** Rules that match by the interface: `iif eth0`. Other settings are returned unchanged. */
export function renamedRule(key: string, text: string, from: string, to: string): string {
  if (!/^routing-rule\d*$/.test(key)) return text;
  return text.replace(/\b(iif|oif) (\S+)/g, (whole, word: string, dev: string) =>
    dev === from ? `${word} ${to}` : whole,
  );
}
