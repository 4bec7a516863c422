import { readFileSync } from 'node:fs';
import { parse } from 'node:path';
import type { Plugin } from '../plugins/plugin';
import { PLUGINS } from '../plugins/registry';
import { readDerived, writeDerived } from '../system/files/derived_files';
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
  return fingerprintOf(script.path) === PLUGIN_FINGERPRINTS[script.stem] ? plugin : null;
}

/** Of all behind the sh header; null: the file has vanished, and whoever tries to run it will say so. */
function fingerprintOf(path: string): string | null {
  const known = readDerived('fingerprint', path);
  if (known !== null) return known.toString();
  let file: Buffer;
  try {
    file = readFileSync(path);
  } catch {
    return null;
  }
  const found = fingerprint(file.subarray(Math.max(0, file.indexOf(END_OF_HEADER))));
  writeDerived('fingerprint', path, Buffer.from(found));
  return found;
}
