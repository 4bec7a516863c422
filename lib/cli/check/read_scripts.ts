import { join } from 'node:path';
import type { DispatchConf } from '../../model/conf/dispatch_conf';
import { phaseName } from '../../model/libvirt/phases';
import { OWN_PLUGINS } from '../../model/own_plugins';
import type { CheckIo } from './check_io';
import type { NeededScript } from './facts';

/**
 * The scripts of the phases in which kvmvlan's scripts must run, as the dispatcher would find them.
 *
 * @param routes whether conf routes guests
 */
export function readScripts(io: CheckIo, root: string, conf: DispatchConf, routes: boolean): NeededScript[] {
  const needed = OWN_PLUGINS.filter(({ name }) => routes || name !== 'guest_routes');
  return needed.flatMap(({ name, neededIn }) =>
    neededIn.map(([driver, operation, suboperation]) => {
      const call = { driver, object: '-', operation, suboperation, extra: '-' };
      return {
        plugin: name,
        driver,
        phase: [driver, operation, ...(driver === 'daemon' ? [] : [suboperation])].join(' '),
        folder: join(root, `${phaseName(call)}.d`),
        scripts: io.scripts(root, call, conf),
      };
    }),
  );
}
