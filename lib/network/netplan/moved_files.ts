import type { BridgeRequest } from '../backend';
import type { Definition } from './definition';
import { isPattern } from './definition';
import type { NetplanFile } from './netplan_files';
import { portIdOf } from './refusals';
import { splitDefinition } from './split_definition';
import { mapAt, textAt, withAt, without, type YamlMap } from './yaml';

/** A file of netplan with its new content. */
export interface ChangedFile {
  readonly file: NetplanFile;
  readonly yaml: YamlMap;
}

/**
 * The files with addressing moved from the port to the bridge and VLANs from the port onto the bridge. Each file keeps
 * its part, so netplan merges the parts as before.
 */
export function movedFiles(
  files: readonly NetplanFile[],
  definition: Definition,
  { bridge, port }: BridgeRequest,
): ChangedFile[] {
  let isDefined = false;
  return files.flatMap((file) => {
    const whole = mapAt(file.yaml, 'network');
    const moved = movePart(whole, definition, bridge, port.name);
    isDefined ||= moved.bridges !== whole.bridges;
    const relinked = relink(moved, definition.id, bridge);
    if (relinked === whole) return [];
    // netplan does not take the name of what is defined only in a later file.
    const network = isDefined ? relinked : withBridge(relinked, bridge, {});
    isDefined = true;
    return [{ file, yaml: { ...file.yaml, network } }];
  });
}

function movePart(network: YamlMap, definition: Definition, bridge: string, port: string): YamlMap {
  const { id, type } = definition;
  const part = mapAt(network, type)[id];
  if (part === undefined) return network;
  const { link, addressing } = splitDefinition(mapAt(part));
  const isMoved = Object.keys(addressing).length > 0;
  if (!isMoved && !isPattern(definition)) return network;
  // A definition for several interfaces stays for the others, and the port gets a copy.
  const rest = isPattern(definition) ? without(link, 'match') : link;
  const reduced = withAt(network, [type, portIdOf(definition, port)], rest);
  return isMoved ? withBridge(reduced, bridge, addressing) : reduced;
}

/**
 * Defines the bridge, if possible before the VLANs: netplan reads a file with names that are defined later a second time,
 * and then it has name servers twice.
 */
function withBridge(network: YamlMap, bridge: string, definition: YamlMap): YamlMap {
  if (network.bridges !== undefined) return withAt(network, ['bridges', bridge], definition);
  const entries = Object.entries(network);
  const at = entries.findIndex(([key]) => key === 'vlans');
  entries.splice(at < 0 ? entries.length : at, 0, ['bridges', { [bridge]: definition }]);
  return Object.fromEntries(entries);
}

/** Moves VLANs onto another interface. */
export function relink(network: YamlMap, from: string, to: string): YamlMap {
  return Object.entries(mapAt(network, 'vlans'))
    .filter(([, vlan]) => textAt(mapAt(vlan), 'link') === from)
    .reduce((all, [name]) => withAt(all, ['vlans', name, 'link'], to), network);
}
