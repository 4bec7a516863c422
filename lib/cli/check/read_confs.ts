import { join } from 'node:path';
import { readBridgeInitConf } from '../../model/conf/bridge_init_conf';
import { readDispatchConf, unreadableDispatchConf, type DispatchConf } from '../../model/conf/dispatch_conf';
import { readVlanFilteringConf } from '../../model/conf/vlan_filtering_conf';
import { readGuestRoutesConf, routesNothing } from '../../model/routes/guest_routes_conf';
import { KnownError } from '../../model/known_error';
import { PLUGIN_NAMES } from '../../model/own_plugins';
import type { CheckIo } from './check_io';
import type { Facts, UnreadConf } from './facts';
import { readScripts } from './read_scripts';

/** Reads the conf files, their problems, and which scripts dispatch.conf allows. */
export function readConfs(
  io: CheckIo,
  root: string,
): Pick<
  Facts,
  'confProblems' | 'confUnreadable' | 'confUnsafe' | 'bridgeInit' | 'vlanFiltering' | 'guestRoutes' | 'needed'
> {
  const confUnreadable: UnreadConf[] = [];
  const confUnsafe: Facts['confUnsafe'][number][] = [];
  for (const name of [...PLUGIN_NAMES, 'dispatch']) {
    const file = join(root, 'conf', `${name}.conf`);
    const unsafe = io.unsafe(file);
    if (unsafe !== null) confUnsafe.push({ file, unsafe });
  }
  const read = (name: string, isNeeded: boolean): [text: string, file: string] => {
    const file = join(root, 'conf', `${name}.conf`);
    try {
      const text = io.plugin.readText(file);
      if (text === null && isNeeded)
        confUnreadable.push({ cause: 'missing', message: `${file} does not exist` });
      return [text ?? '', file];
    } catch (error) {
      if (!(error instanceof KnownError)) throw error;
      confUnreadable.push({ cause: 'unreadable', message: error.message });
      return ['', file];
    }
  };
  const bridgeInit = readBridgeInitConf(...read('bridge_init', true));
  const vlanFiltering = readVlanFilteringConf(...read('vlan_filtering', true));
  const guestRoutes = readGuestRoutesConf(...read('guest_routes', false));
  const dispatch = readDispatch(io, root, confUnreadable);
  const confs = [bridgeInit, vlanFiltering, guestRoutes, dispatch];
  const confProblems = confs.flatMap(({ problems }) => problems);
  const needed = readScripts(io, root, dispatch, !routesNothing(guestRoutes));
  return { confUnreadable, confUnsafe, bridgeInit, vlanFiltering, guestRoutes, needed, confProblems };
}

/**
 * Reads dispatch.conf like the dispatcher. Without root, a file that cannot be read here may be readable for libvirt.
 */
function readDispatch({ plugin, unsafe }: CheckIo, root: string, unreadable: UnreadConf[]): DispatchConf {
  const file = join(root, 'conf', 'dispatch.conf');
  try {
    return readDispatchConf(plugin.readText(file, 'conf') ?? '', file);
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    const { message, hint } = error;
    // Unsafe permissions are reported separately.
    if (unsafe(file) === null) unreadable.push({ cause: 'unreadable', message });
    if (!plugin.isRoot) return readDispatchConf('', file);
    const { forScript } = unreadableDispatchConf({ level: 'error', place: { file, line: 0 }, message, hint });
    return { forScript, problems: [] };
  }
}
