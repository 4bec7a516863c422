import { bridgeIntents, type TapOfBridge } from '../../network/bridge_intents';
import { findManagers } from '../../network/find_managers';
import type { HostState } from '../read_switches';
import type { CheckIo } from './check_io';
import type { Facts } from './facts';

/** Where what puts things right is hooked into each manager; networkd-dispatcher is a package of its own. */
const DISPATCHERS = [
  ['NetworkManager', '/etc/NetworkManager/dispatcher.d/50-kvmvlan', '/etc/NetworkManager'],
  ['systemd-networkd', '/etc/networkd-dispatcher/configured.d/50-kvmvlan', '/etc/networkd-dispatcher'],
  ['ifupdown', '/etc/network/if-up.d/kvmvlan', '/etc/network'],
  ['ifupdown2', '/etc/network/if-up.d/kvmvlan', '/etc/network'],
] as const;

/** Who manages the bridges that conf is about; null: the bridges are not known. */
export async function readManagers(
  io: CheckIo,
  state: HostState | null,
): Promise<Pick<Facts, 'managers' | 'repair'>> {
  const [managers, timer] = await Promise.all([
    state === null ? null : findManagers(io, io.plugin.exec, intentsOf(state)),
    io.plugin.exec('systemctl', ['is-active', 'kvmvlan-repair.timer']),
  ]);
  const dispatchers = DISPATCHERS.filter(([, , folder]) => io.names(folder) !== null).map(
    ([manager, path]) => ({ manager, path, isThere: io.stat(path)?.isExecutable === true }),
  );
  const word = timer.stdout.trim();
  return { managers, repair: { timer: word === '' ? null : word === 'active', dispatchers } };
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
