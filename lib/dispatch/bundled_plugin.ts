import { readFileSync } from 'node:fs';
import { parse } from 'node:path';
import { END_OF_HEADER } from '../model/read_bundle';
import type { Plugin } from '../plugins/plugin';
import { PLUGINS } from '../plugins/registry';
import type { Script } from './list_scripts';

/**
 * The plugin of a script whose program has the same bytes as the dispatcher's own, as in all executables of a build.
 * It can run in this process, which saves a second start of node. null: run it like any other script; it is an
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

/** Everything after the sh header; null: the file was removed, which is reported when it is run. */
function programOf(path: string): Buffer | null {
  try {
    const text = readFileSync(path);
    return text.subarray(Math.max(0, text.indexOf(END_OF_HEADER)));
  } catch {
    return null;
  }
}
