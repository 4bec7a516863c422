import { loadWinston } from '../system/log/create_log';
import { loadExeca } from '../system/process/exec';
import { loadYargs } from '../plugins/as_typed';

/** Loads the packages that are otherwise loaded on first use. */
export async function preload(): Promise<void> {
  await Promise.all([loadExeca(), loadWinston(), loadYargs()]);
}
