import { join } from 'node:path';
import { usesRoutes } from '../apply/routes/uses_routes';
import type { HostIo } from '../model/io';
import { KnownError } from '../model/known_error';
import type { Script } from './list_scripts';

/**
 * Whether a script is guest_routes on a host that does not use it: its conf has only comments, and since boot it has
 * changed nothing that it may have to undo. Then it is as if it were not installed. The sh header of the dispatchers has
 * the same rule. If in doubt it runs, and reports what is wrong.
 */
export function routesNothing({ name, layout }: Script, root: string, io: Pick<HostIo, 'readText'>): boolean {
  if (name !== 'guest_routes' || layout !== 'phase') return false;
  try {
    return !usesRoutes(io.readText(join(root, 'conf', 'guest_routes.conf')), io);
  } catch (error) {
    if (error instanceof KnownError) return false;
    throw error;
  }
}
