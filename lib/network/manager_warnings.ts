import type { Problem } from '../model/problem';
import type { BridgeTarget } from '../plan/bridge_target';
import type { Host } from '../model/host/host';
import { bridgeIntents } from './bridge_intents';
import { describeContradiction } from './describe_contradiction';
import type { NetworkFiles } from './network_files';
import { readManagers } from './read_managers';

/** Ports that libvirt, or what people name like it, made for guests. */
const OF_GUESTS = /^(vnet|tap)\d+$/;

/**
 * Warnings for all that contradicts conf in the configuration of other managers. Reads files only, so that a hook may ask:
 * guests' ports are told by their names.
 */
export function managerWarnings(io: NetworkFiles, targets: readonly BridgeTarget[], host: Host): Problem[] {
  const taps = targets.flatMap(({ rule, ports, trunks }) =>
    ports
      .filter(({ name }) => OF_GUESTS.test(name) && !trunks.includes(name))
      .map(({ name }) => ({ bridge: rule.bridge, dev: name })),
  );
  return readManagers(io, bridgeIntents(targets, host, taps)).flatMap(({ contradictions }) =>
    contradictions.map((found): Problem => {
      const { message, remedy } = describeContradiction(found);
      const hint = `Run \`${remedy.replace(/ {3}#.*$/, '')}\`.`;
      return { level: 'warning', code: 'network-manager', message: `${message}.`, hint };
    }),
  );
}
