import { loadWinston } from '../system/create_log';
import { loadExeca } from '../system/exec';
import { loadYargs } from '../plugins/as_typed';

/** Loads the packages that are else loaded where they are used. */
export async function preload(): Promise<void> {
  await Promise.all([loadExeca(), loadWinston(), loadYargs()]);
}
