import { relink } from './moved_files';
import { joinDefinition, splitDefinition } from './split_definition';
import { mapAt, withAt, withoutAt, type YamlMap } from './yaml';

/** A bridge with one port, as netplan's files define it. */
export interface DefinedBridge {
  readonly bridge: string;
  /** The definition of the port: its name and type. */
  readonly id: string;
  readonly type: string;
  /** `match` of a definition that `bridge create` made as a copy; empty: it is the original one. */
  readonly match: YamlMap;
}

/**
 * A file of netplan with the addressing of the bridge moved to its port and without the bridge.
 *
 * @param isOwn it is the file in which `bridge create` joined the port to the bridge
 * @returns null: nothing remains of it
 */
export function restoredFile(
  yaml: YamlMap,
  { bridge, id, type, match }: DefinedBridge,
  isOwn: boolean,
): YamlMap | null {
  const whole = mapAt(yaml, 'network');
  const { addressing } = splitDefinition(mapAt(whole, 'bridges', bridge));
  const isCopy = Object.keys(match).length > 0;
  let network = withoutAt(whole, ['bridges', bridge]);
  // What it says of the port is only that it has no addresses.
  if (isOwn) network = withoutAt(network, [type, id]);
  if (Object.keys(addressing).length > 0 && !(isOwn && isCopy)) {
    const joined = joinDefinition(mapAt(network, type, id), addressing);
    network = withAt(network, [type, id], isCopy ? { match, ...joined } : joined);
  }
  network = relink(network, bridge, id);
  const isEmpty = Object.keys(network).every((key) => key === 'version' || key === 'renderer');
  return isOwn && isEmpty ? null : { ...yaml, network };
}
