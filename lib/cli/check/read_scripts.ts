import { join } from 'node:path';
import type { DispatchConf } from '../../model/conf/dispatch_conf';
import { phaseName } from '../../model/libvirt/phases';
import type { CheckIo } from './check_io';
import type { NeededScript } from './facts';

/** The phases in which VLANs are set: plugin, driver, operation, sub-operation. */
const NEEDED = [
  ['bridge_init', 'daemon', 'start', '-'],
  ['vlan_filtering', 'daemon', 'start', '-'],
  ['vlan_filtering', 'qemu', 'start', 'begin'],
  ['vlan_filtering', 'qemu', 'started', 'begin'],
] as const;

/** The scripts of the phases in which kvmvlan's scripts must run, as the dispatcher would find them. */
export function readScripts(io: CheckIo, root: string, conf: DispatchConf): NeededScript[] {
  return NEEDED.map(([plugin, driver, operation, suboperation]) => {
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
