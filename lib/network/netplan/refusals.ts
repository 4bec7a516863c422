import type { Problem } from '../../model/problem';
import type { BridgeRequest } from '../backend';
import { moveSections } from '../networkd/move_sections';
import { alsoMatches, hasKey, isPattern, type Definition } from './definition';
import {
  foreignVlan,
  lostDropIns,
  matchesBridge,
  matchesGuests,
  nameInUse,
  ofOpenVswitch,
  otherType,
  portTaken,
  sortsFirst,
  supplicantOnPort,
  tunnelOnPort,
  vlanOfCard,
  writtenAtBoot,
} from './problems';
import type { NetplanState } from './snapshot';
import { mapAt, textAt } from './yaml';

/** The types of definitions whose interfaces can become ports. */
const TYPES = ['ethernets', 'bonds'];

/** The types of definitions that take interfaces as their ports. */
const MASTERS = ['bonds', 'bridges', 'vrfs'] as const;

/** The name of the definition of the port: a new one if the present one can apply to other interfaces too. */
export function portIdOf(definition: Definition, port: string): string {
  // systemd-networkd takes the first file that matches, in the order of their names.
  return isPattern(definition) ? `00-${port}` : definition.id;
}

/** Why a bridge cannot be created from this configuration. */
export function refusals(state: NetplanState, definition: Definition, request: BridgeRequest): Problem[] {
  const { files } = state;
  const { bridge, port } = request;
  const found: Problem[] = [];
  const { id, type } = definition;
  if (!TYPES.includes(type)) found.push(otherType(port.name, type));
  if (hasKey(definition, 'auth')) found.push(supplicantOnPort(port.name, id));
  if (hasKey(definition, 'openvswitch')) found.push(ofOpenVswitch(port.name, id));
  for (const { file } of definition.parts)
    if (file.path.startsWith('/run/')) found.push(writtenAtBoot(id, file.path));
  const own = dropInsToMove(state, definition, request);
  if (own !== '') found.push(lostDropIns(bridge, id, own));
  if (isPattern(definition)) found.push(...patternRefusals(definition, request));
  const links = new Map<string, string>();
  for (const { path, yaml } of files) {
    const network = mapAt(yaml, 'network');
    for (const [kind, definitions] of Object.entries(network))
      if (mapAt(definitions)[bridge] !== undefined) found.push(nameInUse({ path, name: bridge }, kind));
    for (const [name, tunnel] of Object.entries(mapAt(network, 'tunnels')))
      if (textAt(mapAt(tunnel), 'link') === id) found.push(tunnelOnPort({ path, name }, id));
    for (const kind of MASTERS)
      for (const [name, master] of Object.entries(mapAt(network, kind)))
        if (Object.values(mapAt(master).interfaces ?? []).includes(id))
          found.push(portTaken(port.name, kind, { path, name }));
    for (const [name, vlan] of Object.entries(mapAt(network, 'vlans'))) {
      const link = textAt(mapAt(vlan), 'link');
      if (link !== null) links.set(name, link);
      if (link === id && textAt(mapAt(vlan), 'renderer') === 'sriov')
        found.push(vlanOfCard({ path, name }, id));
    }
  }
  for (const { name } of request.vlans)
    if (links.get(name) !== id) found.push(foreignVlan(port.name, id, name));
  return found;
}

/** The folder of users' drop-ins with settings that would have to move; empty: there are none. */
function dropInsToMove(
  { dropIns, rendering }: NetplanState,
  definition: Definition,
  { bridge, port }: BridgeRequest,
): string {
  const { bridge: moved, port: staying } = moveSections(dropIns, port.name, bridge);
  // A definition for several interfaces stays for the others, and so do its drop-ins.
  const lost = isPattern(definition) ? [...moved, ...staying] : moved;
  return lost.every(({ entries }) => entries.length === 0)
    ? ''
    : `${rendering.file.replace(/^.*\//, '')}.d/*.conf`;
}

function patternRefusals(definition: Definition, request: BridgeRequest): Problem[] {
  const { id, parts } = definition;
  const place = { name: id, path: parts[0]?.file.path ?? '' };
  const portId = portIdOf(definition, request.port.name);
  if (portId > id) return [sortsFirst(place, portId)];
  return [
    ...(alsoMatches(definition, request.bridge, 'bridge') ? [matchesBridge(place, request)] : []),
    ...(alsoMatches(definition, 'vnet0', 'tun') ? [matchesGuests(place, request)] : []),
  ];
}
