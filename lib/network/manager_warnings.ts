import type { Problem } from '../model/problem';
import type { BridgeTarget } from '../plan/bridge_target';
import type { Host } from '../model/host/host';
import { bridgeIntents } from './bridge_intents';
import { contradictionProblem } from './contradiction_problems';
import type { NetworkFiles } from './network_files';
import { readManagers } from './read_managers';

/** Usual names of guests' ports, made by libvirt or by hand. */
const OF_GUESTS = /^(vnet|tap)\d+$/;

/**
 * Warns about all settings of network managers that contradict conf. It only reads files, so it is fast enough for a
 * hook. It recognises guests' ports by their names.
 */
export function managerWarnings(io: NetworkFiles, targets: readonly BridgeTarget[], host: Host): Problem[] {
  const taps = targets.flatMap(({ rule, ports, trunks }) =>
    ports
      .filter(({ name }) => OF_GUESTS.test(name) && !trunks.includes(name))
      .map(({ name }) => ({ bridge: rule.bridge, dev: name })),
  );
  return readManagers(io, bridgeIntents(targets, host, taps)).flatMap(({ contradictions }) =>
    contradictions.map(contradictionProblem),
  );
}
