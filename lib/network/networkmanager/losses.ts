import type { Problem } from '../../model/problem';
import type { BridgeRequest } from '../backend';
import { matchesSpec } from './device_spec';
import { getValue } from './keyfile';
import type { NmState } from './nm_state';
import { MAX_PRIORITY } from './port_profile';
import { defaultsOfPort, idleVlan, manualStart, rivalProfile } from './problems';
import { canStartOn, priorityOf, typeOf } from './stored_profile';
import { isVlanOn } from './vlan_profile';

/** What the new profiles cannot keep, apart from identities. */
export function losses(state: NmState, request: BridgeRequest): Problem[] {
  return [
    ...noAutoconnect(state, request),
    ...rivals(state, request),
    ...idleVlans(state, request),
    ...defaults(state, request),
  ];
}

function noAutoconnect({ profile }: NmState, { bridge }: BridgeRequest): Problem[] {
  if (getValue(profile.keyfile, 'connection', 'autoconnect') !== 'false') return [];
  return [manualStart(bridge, profile)];
}

/** At boot, NetworkManager chooses among profiles of the same priority by the time of their last use. */
function rivals({ profile, profiles }: NmState, request: BridgeRequest): Problem[] {
  return profiles
    .filter(({ uuid }) => uuid !== profile.uuid)
    .filter((each) => canStartOn(each, request.port.name) && priorityOf(each) >= MAX_PRIORITY)
    .map((each) => rivalProfile(request, each));
}

function idleVlans({ profile, profiles }: NmState, request: BridgeRequest): Problem[] {
  return profiles
    .filter((each) => isVlanOn(each, request.port.name, profile.uuid))
    .filter(({ device }) => !request.vlans.some(({ name }) => name === device))
    .map((each) => idleVlan(request, each));
}

/** NetworkManager.conf can set defaults for some interfaces only. */
function defaults({ profile, config }: NmState, request: BridgeRequest): Problem[] {
  const { bridge, port } = request;
  const type = typeOf(profile) === 'bond' ? 'bond' : 'ethernet';
  const before = { name: port.name, type, mac: port.mac };
  const after = { name: bridge, type: 'bridge', mac: port.mac };
  return config
    .filter(({ name }) => name.startsWith('connection'))
    .flatMap(({ name }) => {
      const match = getValue(config, name, 'match-device');
      if (match === null || !matchesSpec(match, before) || matchesSpec(match, after)) return [];
      return [defaultsOfPort(request, name, match)];
    });
}
