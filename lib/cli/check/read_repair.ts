import type { ManagedBridge, ManagerName } from '../../network/manager';
import type { CheckIo } from './check_io';
import { readUnits } from './read_units';

/** The state of the units and scripts that start repairs automatically. */
export interface RepairState {
  /** Units that notice changes, but are not active. */
  readonly inactive: readonly string[];
  /** Managers of bridges whose folder for scripts does not contain kvmvlan's script. */
  readonly unheard: readonly {
    readonly manager: ManagerName;
    readonly bridge: string;
    readonly script: string;
  }[];
  /** NetworkManager manages a bridge, and its dispatcher is disabled. */
  readonly isDispatcherOff: boolean;
}

const UNITS = ['kvmvlan.path', 'kvmvlan-repair.timer'];
const DISPATCHER = 'NetworkManager-dispatcher.service';

const SCRIPTS: Readonly<Record<ManagerName, string>> = {
  NetworkManager: '/etc/NetworkManager/dispatcher.d/50-kvmvlan',
  'systemd-networkd': '/etc/networkd-dispatcher/configured.d/50-kvmvlan',
  ifupdown: '/etc/network/if-up.d/kvmvlan',
  ifupdown2: '/etc/network/if-up.d/kvmvlan',
};

/** Reads the state of the repair units; null: systemd does not run, or does not answer. */
export async function readRepair(
  io: CheckIo,
  bridges: readonly ManagedBridge[] | null,
): Promise<RepairState | null> {
  const has = await readUnits(io, [...UNITS, DISPATCHER]);
  if (has === null) return null;
  const managed = (bridges ?? []).flatMap(({ bridge, managers }) =>
    managers.map(({ name }) => ({ manager: name, bridge, script: SCRIPTS[name] })),
  );
  return {
    inactive: UNITS.filter((unit) => !has(unit, 'ActiveState=active')),
    unheard: managed.filter(({ script }) => io.stat(script)?.isExecutable !== true && hasFolder(io, script)),
    isDispatcherOff:
      managed.some(({ manager }) => manager === 'NetworkManager') &&
      !has(DISPATCHER, 'UnitFileState=enabled'),
  };
}

/** networkd-dispatcher is a separate package that few hosts have. Without it the folder does not exist. */
function hasFolder(io: CheckIo, script: string): boolean {
  return io.names(script.split('/').slice(0, -2).join('/')) !== null;
}
