import type { Problem } from '../../model/problem';
import type { BridgeRequest } from '../backend';
import { moveSections } from '../networkd/move_sections';
import { alsoMatches, hasKey, isPattern, type Definition } from './definition';
import type { NetplanState } from './snapshot';
import { mapAt, textAt } from './yaml';

/** The types of definitions whose interfaces can become ports. */
const TYPES = ['ethernets', 'bonds'];

/** The types of definitions that take interfaces as their ports, in words. */
const MASTERS = { bonds: 'bond', bridges: 'bridge', vrfs: 'VRF' };

/** The name of the definition of the port: a new one if the present one can apply to other interfaces too. */
export function portIdOf(definition: Definition, port: string): string {
  // systemd-networkd takes the first file that matches, in the order of their names.
  return isPattern(definition) ? `00-${port}` : definition.id;
}

export function refusal(message: string, hint: string): Problem {
  return { level: 'error', code: 'bridge-refused', message: `${message}.`, hint };
}

/** Why a bridge cannot be created from this configuration. */
export function refusals(state: NetplanState, definition: Definition, request: BridgeRequest): Problem[] {
  const { files } = state;
  const { bridge, port } = request;
  const found: Problem[] = [];
  const refuse = (message: string, hint: string): void => void found.push(refusal(message, hint));
  const { id, type } = definition;
  if (!TYPES.includes(type))
    refuse(
      `netplan defines ${port.name} under ${type}, and only ethernets and bonds can become ports`,
      `Choose the interface below ${port.name} as the port.`,
    );
  if (hasKey(definition, 'auth'))
    refuse(
      `${port.name} uses 802.1X (\`auth\` of ${id}), which is bound to one interface and one MAC address`,
      'Use a port without 802.1X for the bridge.',
    );
  if (hasKey(definition, 'openvswitch'))
    refuse(`${port.name} belongs to Open vSwitch (\`openvswitch\` of ${id})`, 'Choose another port.');
  for (const { file } of definition.parts)
    if (file.path.startsWith('/run/'))
      refuse(
        `${file.path} defines ${id}; some program writes this file at each boot, so a change would be lost`,
        `Move the definition into /etc/netplan, and try again.`,
      );
  const own = dropInsToMove(state, definition, request);
  if (own !== '')
    refuse(
      `${own} are drop-ins for the file that netplan writes for ${id}, so they would not be in effect for ${bridge}`,
      `Write their settings in netplan's files, or move the folder to /etc/systemd/network/10-netplan-${bridge}.network.d right before you create the bridge.`,
    );
  if (isPattern(definition)) found.push(...patternRefusals(definition, request));
  const links = new Map<string, string>();
  for (const { path, yaml } of files) {
    const network = mapAt(yaml, 'network');
    for (const [kind, definitions] of Object.entries(network))
      if (mapAt(definitions)[bridge] !== undefined)
        refuse(
          `${path} already defines ${bridge} (under ${kind})`,
          `Choose another name for the bridge, or remove ${bridge} from this file.`,
        );
    for (const [name, tunnel] of Object.entries(mapAt(network, 'tunnels')))
      if (textAt(mapAt(tunnel), 'link') === id)
        refuse(
          `the tunnel ${name} in ${path} is bound to ${id}`,
          `Remove \`link\` from ${name}, or choose another port.`,
        );
    for (const [kind, what] of Object.entries(MASTERS))
      for (const [name, master] of Object.entries(mapAt(network, kind)))
        if (Object.values(mapAt(master).interfaces ?? []).includes(id))
          refuse(`${port.name} belongs to the ${what} ${name} in ${path}`, 'Choose another port.');
    for (const [name, vlan] of Object.entries(mapAt(network, 'vlans'))) {
      const link = textAt(mapAt(vlan), 'link');
      if (link !== null) links.set(name, link);
      if (link === id && textAt(mapAt(vlan), 'renderer') === 'sriov')
        refuse(
          `${name} in ${path} is a VLAN that the card itself sets for ${id} (\`renderer: sriov\`), not one on the bridge`,
          'Choose another port.',
        );
    }
  }
  for (const { name } of request.vlans)
    if (links.get(name) !== id)
      refuse(
        `${name} is a VLAN interface of ${port.name} that netplan does not configure`,
        `Add ${name} to netplan's files (under vlans, with \`link: ${id}\`), or remove it with \`ip link del ${name}\`.`,
      );
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

function patternRefusals(definition: Definition, { bridge, port }: BridgeRequest): Problem[] {
  const { id, parts } = definition;
  const [first] = parts;
  const file = first?.file.path ?? '';
  if (portIdOf(definition, port.name) > id)
    return [
      refusal(
        `${id} in ${file} matches several interfaces, and its name sorts before ${portIdOf(definition, port.name)}`,
        `Rename ${id}, run \`netplan apply\`, and try again.`,
      ),
    ];
  const taken = [
    [bridge, 'bridge', `the bridge ${bridge}`],
    ['vnet0', 'tun', "guests' interfaces"],
  ].flatMap(([name = '', driver = '', what = '']) => (alsoMatches(definition, name, driver) ? [what] : []));
  return taken.map((what) =>
    refusal(
      `\`match\` of ${id} in ${file} also applies to ${what}`,
      `Make it narrower, such as \`match: {name: ${port.name}}\`, run \`netplan apply\`, and try again.`,
    ),
  );
}
