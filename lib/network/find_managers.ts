import type { Exec } from '../model/io';
import { askManagers } from './ask_managers';
import type { BridgeIntent } from './bridge_intent';
import type { ManagedBridge } from './manager';
import type { NetworkFiles } from './network_files';
import { readManagers } from './read_managers';

/** Like readManagers(), but also asks the managers themselves. For interactive commands. */
export async function findManagers(
  io: NetworkFiles,
  exec: Exec,
  intents: readonly BridgeIntent[],
): Promise<ManagedBridge[]> {
  const bridges = readManagers(io, intents);
  return readManagers(io, intents, await askManagers(exec, bridges));
}
