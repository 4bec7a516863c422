import type { Bridge } from '../model/host/host';
import { bridgeIntents } from './bridge_intents';
import type { Manager } from './manager';
import type { NetworkFiles } from './network_files';
import { readManagers } from './read_managers';

/** The network managers of bridges, by the bridge's name. */
export type ManagersOf = ReadonlyMap<string, readonly Manager[]>;

/**
 * The managers of these bridges. It only reads files and never throws. Without root, a profile of NetworkManager cannot
 * be read, so a bridge that it manages but did not create has no manager.
 */
export function managersOf(io: NetworkFiles, bridges: readonly Bridge[]): ManagersOf {
  const host = { bridges: new Map(bridges.map((bridge) => [bridge.name, bridge])), ports: new Map() };
  const intents = bridgeIntents([], host, [], [...host.bridges.keys()]);
  return new Map(readManagers(io, intents).map(({ bridge, managers }) => [bridge, managers]));
}
