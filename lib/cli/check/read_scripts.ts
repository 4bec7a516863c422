import { join } from 'node:path';
import type { DispatchConf } from '../../model/conf/dispatch_conf';
import { phaseName } from '../../model/libvirt/phases';
import type { CheckIo } from './check_io';
import type { NeededScript } from './facts';

/** Phases that scripts of kvmvlan need: plugin, driver, operation, sub-operation. */
type Needed = readonly [plugin: string, driver: 'daemon' | 'qemu', operation: string, suboperation: string];

const FOR_VLANS: readonly Needed[] = [
  ['bridge_init', 'daemon', 'start', '-'],
  ['vlan_filtering', 'daemon', 'start', '-'],
  ['vlan_filtering', 'qemu', 'start', 'begin'],
  ['vlan_filtering', 'qemu', 'started', 'begin'],
];

const FOR_ROUTES: readonly Needed[] = [
  ['guest_routes', 'daemon', 'start', '-'],
  ['guest_routes', 'daemon', 'reload', '-'],
  ['guest_routes', 'qemu', 'migrate', 'begin'],
  ['guest_routes', 'qemu', 'start', 'begin'],
  ['guest_routes', 'qemu', 'started', 'begin'],
  ['guest_routes', 'qemu', 'stopped', 'end'],
  ['guest_routes', 'qemu', 'release', 'end'],
  ['guest_routes', 'qemu', 'reconnect', 'begin'],
];

/**
 * The scripts of the phases in which kvmvlan's scripts must run, as the dispatcher would find them.
 *
 * @param routes whether conf routes guests
 */
export function readScripts(io: CheckIo, root: string, conf: DispatchConf, routes: boolean): NeededScript[] {
  const needed = [...FOR_VLANS, ...(routes ? FOR_ROUTES : [])];
  return needed.map(([plugin, driver, operation, suboperation]) => {
    const call = { driver, object: '-', operation, suboperation, extra: '-' };
    return {
      plugin,
      driver,
      phase: [driver, operation, ...(driver === 'daemon' ? [] : [suboperation])].join(' '),
      folder: join(root, `${phaseName(call)}.d`),
      scripts: io.scripts(root, call, conf),
    };
  });
}
