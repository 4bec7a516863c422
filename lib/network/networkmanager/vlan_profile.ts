import { getValue, type Keyfile, setValues } from './keyfile';
import type { StoredProfile } from './stored_profile';

/** The profile of a VLAN interface on another parent. All else stays, also its name and its UUID. */
export function vlanOn(profile: StoredProfile, name: string, parent: string): Keyfile {
  const { keyfile, uuid } = profile;
  const named =
    getValue(keyfile, 'connection', 'interface-name') ?? getValue(keyfile, 'vlan', 'interface-name');
  const hadParent = getValue(keyfile, 'vlan', 'parent') !== null;
  return setValues(keyfile, [
    ['connection', 'uuid', uuid],
    // A VLAN without a name is named after its parent.
    ...(named === null ? [['connection', 'interface-name', name] as const] : []),
    ['vlan', 'parent', parent],
    // Without a parent in the profile, the MAC address selects it.
    ...(hadParent ? [] : [['ethernet', 'mac-address', null] as const]),
  ]);
}

/** Whether a profile is of a VLAN on this interface, which can be named by its name or its profile. */
export function isVlanOn(profile: StoredProfile, port: string, uuid: string): boolean {
  const parent = getValue(profile.keyfile, 'vlan', 'parent');
  return parent === port || parent === uuid;
}
