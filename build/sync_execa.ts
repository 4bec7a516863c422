import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'esbuild';

/** execa's index imports both halves. */
const INDEX = `import { createExeca } from './lib/methods/create.js';
  export const execaSync = createExeca(() => ({ isSync: true }));`;

/** What execaSync imports and, as exec.ts calls it, does not use: [its file, what stands in for it]. */
const UNUSED: readonly (readonly [RegExp, string])[] = [
  [
    /\/execa\/lib\/methods\/main-async\.js$/,
    `export const execaCoreAsync = () => { throw new Error('not in this bundle'); };`,
  ],
  // The option `verbose`, with the symbols and colours that it prints.
  [/\/execa\/lib\/verbose\/default\.js$/, `export const defaultVerboseFunction = ({ message }) => message;`],
  // The option `ipc`, with node:v8.
  [/\/execa\/lib\/ipc\/ipc-input\.js$/, `export const validateIpcInputOption = () => undefined;`],
  // Sentences about signals, where their names will do.
  [
    /\/human-signals\/build\/src\/main\.js$/,
    `export const signalsByName = new Proxy({}, { get: (_, name) => ({ description: name }) });`,
  ],
];

/** With these three execa compares; to name them is to make them: of a hook's input a socket that does not block. */
const STREAMS = '[process.stdin, process.stdout, process.stderr]';

/**
 * Of execa our own programs take execaSync alone, less what only its other half, or other users, need: that is a fifth
 * of a hook's text, and half of what it does before its own first line.
 */
export const syncExeca: Plugin = {
  name: 'sync-execa',
  setup(bundler) {
    bundler.onResolve({ filter: /^execa$/ }, () => ({ path: 'execa', namespace: 'sync-execa' }));
    bundler.onLoad({ filter: /^execa$/, namespace: 'sync-execa' }, () => ({
      contents: INDEX,
      resolveDir: resolve('node_modules/execa'),
    }));
    for (const [filter, contents] of UNUSED) bundler.onLoad({ filter }, () => ({ contents }));
    bundler.onLoad({ filter: /\/execa\/lib\/utils\/standard-stream\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!text.includes(STREAMS)) throw new Error(`no ${STREAMS} in ${path}`);
      return { contents: text.replace(STREAMS, '[]') };
    });
  },
};
