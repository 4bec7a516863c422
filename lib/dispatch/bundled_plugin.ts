import { readFileSync } from 'node:fs';
import { parse } from 'node:path';
import type { Plugin } from '../plugins/plugin';
import { PLUGINS } from '../plugins/registry';
import { fingerprint } from './fingerprint';
import type { Script } from './list_scripts';

/** The fingerprint of each plugin's bundle of this same build, without its sh header; put here by build/build.ts. */
declare const PLUGIN_FINGERPRINTS: Readonly<Record<string, string>>;

/** Ends the sh header of a bundle; what follows is JavaScript only. */
const END_OF_HEADER = '\n*/\n';

/**
 * The plugin that a script is, where its file is byte for byte the one of this build: then it can run in this
 * process and saves a second start of node. null: run it like any other script, be it an administrator's own, of
 * another version, or edited.
 */
export function bundledPlugin(script: Script): Plugin | null {
  const plugin = Object.hasOwn(PLUGINS, script.stem) ? PLUGINS[script.stem] : undefined;
  if (plugin === undefined || parse(script.name).ext !== '') return null;
  const file = readOrNull(script.path);
  if (file === null) return null;
  const end = file.indexOf(END_OF_HEADER);
  return end >= 0 && fingerprint(file.subarray(end)) === PLUGIN_FINGERPRINTS[script.stem] ? plugin : null;
}

/** null: it has vanished, and whoever tries to run it will say so. */
function readOrNull(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
