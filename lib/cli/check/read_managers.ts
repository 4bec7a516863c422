import { bridgeIntents, type TapOfBridge } from '../../network/bridge_intents';
import { findManagers } from '../../network/find_managers';
import type { ManagedBridge } from '../../network/manager';
import type { HostState } from '../../apply/state/read_switches';
import type { CheckIo } from './check_io';

/** The managers of the bridges in conf; null: the bridges are not known. */
export async function readManagers(
  io: CheckIo,
  state: HostState | null,
): Promise<readonly ManagedBridge[] | null> {
  return state === null ? null : findManagers(io, io.plugin.exec, intentsOf(state));
}

function intentsOf({ targets, host, domains, switches }: HostState): ReturnType<typeof bridgeIntents> {
  const taps = domains.flatMap(({ interfaces }) =>
    interfaces.flatMap(({ bridge, dev }): TapOfBridge[] =>
      bridge === null || dev === null ? [] : [{ bridge, dev }],
    ),
  );
  const others = switches
    .filter(({ ports }) => ports.some(({ role, wanted }) => role === 'guest' && wanted !== null))
    .map(({ bridge }) => bridge.name);
  return bridgeIntents(targets, host, taps, others);
}
