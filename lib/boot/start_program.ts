import { realpathSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { startupSnapshot } from 'node:v8';
import { headerWords, type HeaderWords } from './header_words';
import type { Main } from '../model/start';

/** Exit status if the sh header cannot be signalled. It then starts node again without the snapshot. */
const UNHEARD = 14;

/**
 * Starts the executable that this process was called as. All executables are one program, so one snapshot serves all.
 * While node makes that snapshot, nothing is started: modules that are loaded now are already in memory in each
 * process that starts from it. Environment, arguments and folders must be read in that process, never while the
 * snapshot is made.
 *
 * @param file node's `__filename`, with links resolved; not usable in a snapshot
 * @param preload loads into the snapshot what is otherwise loaded on first use
 */
export function startProgram(
  mains: Readonly<Record<string, Main>>,
  file: string,
  preload: () => Promise<unknown>,
): void {
  if (!startupSnapshot.isBuildingSnapshot()) {
    start(mains, file, headerWords());
    return;
  }
  void preload();
  startupSnapshot.setDeserializeMainFunction(() => startFromSnapshot(mains));
}

function startFromSnapshot(mains: Readonly<Record<string, Main>>): void {
  const words = headerWords();
  // Without this, node uses the folder in which the snapshot was made.
  process.chdir('.');
  // node does the same for a script.
  const path = resolve(process.argv[1] ?? '');
  process.argv[1] = path;
  const file = realpathSync(path);
  // After this signal the header does not start node again, so no work may be done before it.
  if (words.header !== null) announce(words.header);
  start(mains, file, words);
}

function announce(header: number): void {
  if (header !== process.ppid) process.exit(UNHEARD);
  try {
    process.kill(header, 'SIGUSR1');
  } catch {
    process.exit(UNHEARD);
  }
}

function start(mains: Readonly<Record<string, Main>>, file: string, words: HeaderWords): void {
  // With `node FILE` there is no header.
  const name = words.name ?? basename(file);
  const main = mains[name];
  if (main === undefined) throw new Error(`${file} is none of ${Object.keys(mains).join(', ')}`);
  void main({ file, watchdog: words.watchdog, caller: words.caller ?? process.ppid });
}
