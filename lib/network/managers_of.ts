import type { Bridge } from '../model/host/host';
import type { Manager } from './manager';
import type { NetworkFiles } from './network_files';
import { readManagers } from './read_managers';

/** The network managers of bridges, by the bridge's name. */
export type ManagersOf = ReadonlyMap<string, readonly Manager[]>;

export const NO_MANAGERS: ManagersOf = new Map();

/**
 * The managers of these bridges. It only reads files and never throws. Without root, a profile of NetworkManager cannot
 * be read, so a bridge that it manages but did not create has no manager.
 */
export function managersOf(io: NetworkFiles, bridges: readonly Bridge[]): ManagersOf {
  const intents = bridges.map(({ name, filtering, defaultPvid, vlans }) => ({
    bridge: name,
    place: null,
    filtering,
    trunks: new Map(),
    kernel: { defaultPvid, own: vlans, trunks: new Map() },
    taps: [],
  }));
  return new Map(readManagers(io, intents).map(({ bridge, managers }) => [bridge, managers]));
}
