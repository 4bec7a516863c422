import { readFileSync } from 'node:fs';
import { parse } from 'node:path';
import type { Plugin } from '../plugins/plugin';
import { PLUGINS } from '../plugins/registry';
import type { Script } from './list_scripts';

/** Ends the sh header of an executable; what follows is the program, the same in all of a build. */
export const END_OF_HEADER = '\n*/\n';

/**
 * The plugin that a script is, where its program is byte for byte the dispatcher's own, as in every executable of a
 * build: then it can run in this process and saves a second start of node. null: run it like any other script, be it an
 * administrator's own, of another version, or edited.
 *
 * @param own the dispatcher's own file
 */
export function bundledPlugin(script: Script, own: string): Plugin | null {
  const plugin = Object.hasOwn(PLUGINS, script.stem) ? PLUGINS[script.stem] : undefined;
  if (plugin === undefined || parse(script.name).ext !== '') return null;
  const [program, ours] = [programOf(script.path), programOf(own)];
  return program !== null && ours !== null && program.equals(ours) ? plugin : null;
}

/** All behind the sh header; null: the file has vanished, and whoever tries to run it will say so. */
function programOf(path: string): Buffer | null {
  try {
    const text = readFileSync(path);
    return text.subarray(Math.max(0, text.indexOf(END_OF_HEADER)));
  } catch {
    return null;
  }
}
