import { readIniLines } from '../../model/conf/ini_lines';
import type { HostIo } from '../../model/io';
import { ROUTED_FILE } from './run_files';

/**
 * Whether this host routes interfaces of guests, or has since boot, so that something may be left over. On others, nobody
 * has to read routes.
 *
 * @param text of guest_routes.conf; null: there is none
 */
export function usesRoutes(text: string | null, io: Pick<HostIo, 'readText'>): boolean {
  return readIniLines(text ?? '').length > 0 || io.readText(ROUTED_FILE) !== null;
}
