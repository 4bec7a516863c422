import { join } from 'node:path';
import { usesRoutes } from '../apply/routes/uses_routes';
import { KnownError } from '../model/known_error';
import { readText } from '../system/files/read_text';
import type { Script } from './list_scripts';

/**
 * Whether a script is guest_routes on a host that does not use it: its conf has only comments, and since boot it has
 * changed nothing that it may have to undo. Then it is as if it were not installed. The sh header of the dispatchers has
 * the same rule. If in doubt it runs, and reports what is wrong.
 */
export function routesNothing({ name, layout }: Script, root: string): boolean {
  if (name !== 'guest_routes' || layout !== 'phase') return false;
  try {
    return !usesRoutes(readText(join(root, 'conf', 'guest_routes.conf')), { readText });
  } catch (error) {
    if (error instanceof KnownError) return false;
    throw error;
  }
}
