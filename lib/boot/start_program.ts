import { realpathSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { startupSnapshot } from 'node:v8';
import { headerWords, type HeaderWords } from './header_words';
import type { Main } from '../model/start';

/** Ends with this where the sh header cannot be told that we run: it then starts us plainly. */
const UNHEARD = 14;

/**
 * Starts the one of several executables that this process is: they are one program, of which one snapshot serves all.
 * Where node makes that snapshot, nothing is started: what is loaded now is there at once in each process that starts
 * from it. Environment, arguments and folders are those of that process, never those of now.
 *
 * @param file as node tells it, links resolved; of no use in a snapshot
 * @param preload what a snapshot shall hold that is else loaded when it is used
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
  // node remembers the folder in which the snapshot was made.
  process.chdir('.');
  // As node does it for a script.
  const path = resolve(process.argv[1] ?? '');
  process.argv[1] = path;
  const file = realpathSync(path);
  // From now on the header does not start us again, so nothing may be done before.
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
  // By hand, `node FILE`, there is no header.
  const name = words.name ?? basename(file);
  const main = mains[name];
  if (main === undefined) throw new Error(`${file} is none of ${Object.keys(mains).join(', ')}`);
  void main({ file, watchdog: words.watchdog, caller: words.caller ?? process.ppid });
}
