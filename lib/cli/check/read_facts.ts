import { changeState } from '../../apply/rollback/change_state';
import { readSwitches } from '../../apply/state/read_switches';
import { KnownError } from '../../model/known_error';
import type { CheckIo } from './check_io';
import type { Facts } from './facts';
import { readConfs } from './read_confs';
import { readDaemons } from './read_daemons';
import { readFirmware } from './read_firmware';
import { readGuard } from './read_guard';
import { readGuests } from './read_guests';
import { readHooks } from './read_hooks';
import { readManagers } from './read_managers';
import { readNetwork } from './read_network';
import { readRouteFacts } from './read_route_facts';
import { readRepair } from './read_repair';
import { readSecurity } from './read_security';
import { readSnapshot } from './read_snapshot';
import { readTools } from './read_tools';

/** Properties of this process. */
export interface Self {
  readonly root: string;
  readonly version: string;
  readonly node: Facts['node'];
  readonly path: string | undefined;
  /** x64, arm64 … */
  readonly machine: string;
}

/** Reads everything that `kvmvlan check` needs. It changes nothing; null: cannot be read. */
export async function readFacts(io: CheckIo, self: Self): Promise<Facts> {
  const { root, version } = self;
  const [tools, security, network, state] = await Promise.all([
    readTools(io, self.node, self.path),
    readSecurity(io, root),
    readNetwork(io),
    readState(io, root),
  ]);
  const managers = await readManagers(io, state.state);
  const confs = readConfs(io, root);
  const guests = readGuests(io);
  return {
    isRoot: io.plugin.isRoot,
    root,
    version,
    ...tools,
    ...security,
    ...network,
    managers,
    hasGuard: await readGuard(io, managers),
    repair: await readRepair(io, managers),
    ...state,
    ...readHooks(io, root),
    snapshot: await readSnapshot(io, root, version, self.node.path ?? process.execPath),
    daemons: readDaemons(io),
    ...confs,
    ...guests,
    routes: await readRouteFacts(io, confs.guestRoutes, guests.running ?? [], guests.stopped ?? []),
    cpu: readCpu(io, self.machine),
    firmware: readFirmware(io),
  };
}

async function readState(io: CheckIo, root: string): Promise<Pick<Facts, 'change' | 'state' | 'stateError'>> {
  try {
    const state = await readSwitches(root, io.plugin);
    return { change: changeState(io.plugin), state, stateError: null };
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    return { change: null, state: null, stateError: error.message };
  }
}

function readCpu(io: CheckIo, machine: string): Facts['cpu'] {
  const flags = /^flags\s*:(.*)$/m.exec(io.text('/proc/cpuinfo') ?? '')?.[1] ?? '';
  const modules = (io.text('/proc/modules') ?? '').split('\n').map((line) => line.split(' ')[0] ?? '');
  return {
    machine,
    flags: new Set(flags.trim().split(/\s+/)),
    hasDevice: io.stat('/dev/kvm') !== null,
    modules: new Set(modules),
  };
}
