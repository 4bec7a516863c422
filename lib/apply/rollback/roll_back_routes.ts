import { join } from 'node:path';
import type { HostIo } from '../../model/io';
import { setRoutes } from '../routes/set_routes';
import { usesRoutes } from '../routes/uses_routes';
import { readHostRoutes } from '../state/read_host_routes';
import { readRunningGuests } from '../../system/libvirt/read_guests';
import { readConfInEffect } from './confs_in_effect';
import { routesNotBack } from './problems';
import type { RolledBack } from './roll_back_kernel';

/**
 * Makes the routed interfaces as the conf says that is in effect again: what they should have follows from it and from the
 * guests, so no earlier state is kept. An interface that cannot be set is no failure of the rollback. Throws KnownError if
 * conf, guests or kernel cannot be read.
 */
export async function rollBackRoutes(root: string, io: HostIo): Promise<RolledBack> {
  const file = join(root, 'conf', 'guest_routes.conf');
  const text = readConfInEffect(file, io);
  if (!usesRoutes(text, io)) return { commands: 0, problems: [] };
  const { desired } = await readHostRoutes(text ?? '', file, readRunningGuests(io), io);
  const { done } = await setRoutes(desired, { dryRun: false }, io);
  const problems = (done?.failures ?? []).map(({ step, why }) => routesNotBack(step.dev, why));
  return { commands: done?.ran.length ?? 0, problems };
}
