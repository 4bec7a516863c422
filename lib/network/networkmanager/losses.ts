import type { Problem } from '../../model/problem';
import type { BridgeRequest } from '../backend';
import { cannotKeep } from '../bridge_problems';
import { matchesSpec } from './device_spec';
import { getValue } from './keyfile';
import type { NmState } from './nm_state';
import { MAX_PRIORITY } from './port_profile';
import { canStartOn, priorityOf, quotedId, typeOf } from './stored_profile';
import { isVlanOn } from './vlan_profile';

/** What the new profiles cannot keep, apart from identities. */
export function losses(state: NmState, request: BridgeRequest): Problem[] {
  return [
    ...manualStart(state, request),
    ...rivals(state, request),
    ...idleVlans(state, request),
    ...defaults(state, request),
  ];
}

function manualStart({ profile }: NmState, { bridge }: BridgeRequest): Problem[] {
  if (getValue(profile.keyfile, 'connection', 'autoconnect') !== 'false') return [];
  return [
    cannotKeep(
      `the profile ${quotedId(profile)} is not activated at boot, but the bridge will be.`,
      `If you do not want that: nmcli connection modify kvmvlan-${bridge} connection.autoconnect no`,
    ),
  ];
}

/** At boot, NetworkManager chooses among profiles of the same priority by the time of their last use. */
function rivals({ profile, profiles }: NmState, { bridge, port }: BridgeRequest): Problem[] {
  return profiles
    .filter(({ uuid }) => uuid !== profile.uuid)
    .filter((each) => canStartOn(each, port.name) && priorityOf(each) >= MAX_PRIORITY)
    .map((each) =>
      cannotKeep(
        `the profile ${quotedId(each)} has the highest priority, so it may take ${port.name} away from ${bridge} at boot.`,
        `Lower it: nmcli connection modify uuid ${each.uuid} connection.autoconnect-priority ${MAX_PRIORITY - 1}`,
      ),
    );
}

function idleVlans({ profile, profiles }: NmState, { bridge, port, vlans }: BridgeRequest): Problem[] {
  return profiles
    .filter((each) => isVlanOn(each, port.name, profile.uuid))
    .filter(({ device }) => !vlans.some(({ name }) => name === device))
    .map((each) =>
      cannotKeep(
        `the VLAN profile ${quotedId(each)} is not active, and stays on ${port.name}: if it is activated, it takes the frames of its VLAN from the bridge.`,
        `Before you use it: nmcli connection modify uuid ${each.uuid} vlan.parent ${bridge}`,
      ),
    );
}

/** NetworkManager.conf can set defaults for some interfaces only. */
function defaults({ profile, config }: NmState, { bridge, port }: BridgeRequest): Problem[] {
  const type = typeOf(profile) === 'bond' ? 'bond' : 'ethernet';
  const before = { name: port.name, type, mac: port.mac };
  const after = { name: bridge, type: 'bridge', mac: port.mac };
  return config
    .filter(({ name }) => name.startsWith('connection'))
    .flatMap(({ name }) => {
      const match = getValue(config, name, 'match-device');
      if (match === null || !matchesSpec(match, before) || matchesSpec(match, after)) return [];
      return [
        cannotKeep(
          `the section [${name}] of NetworkManager.conf sets defaults for ${port.name}, but not for ${bridge}.`,
          `Add ${bridge} to its match-device if it needs them: match-device=${match},interface-name:${bridge}`,
        ),
      ];
    });
}
