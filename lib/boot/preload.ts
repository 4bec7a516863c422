import { writeSync } from 'node:fs';
import { loadWinston } from '../system/log/create_log';
import { loadExeca } from '../system/process/exec';
import { loadYargs } from '../plugins/as_typed';
import { warmUp } from './warm_up';

/** Loads the packages that are otherwise loaded on first use, and has V8 compile what most calls use. */
export async function preload(): Promise<void> {
  // yargs keeps the current folder in its heap, and reads it at each start.
  process.chdir('/');
  await Promise.all([loadExeca(), loadWinston(), loadYargs()]);
  try {
    await warmUp();
  } catch (error) {
    // The snapshot is still good, only slower. `process.stderr` would become a part of it.
    writeSync(2, `${(error as Error).stack}\n`);
  }
}
