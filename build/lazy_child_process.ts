import type { Plugin } from 'esbuild';

/** Exports that are only called, or created with `new`. */
const EXPORTS = [
  'spawn',
  'spawnSync',
  'exec',
  'execFile',
  'execSync',
  'execFileSync',
  'fork',
  'ChildProcess',
];

/**
 * Loads node:child_process at the first call. With this module in its heap, node 18 cannot make a start-up snapshot
 * ("Unknown external reference"), and packages import it when they are loaded. Bundlers copy the names of exports, so
 * there is a function for each.
 */
export const lazyChildProcess: Plugin = {
  name: 'lazy-child-process',
  setup(bundler) {
    bundler.onResolve({ filter: /^(node:)?child_process$/ }, ({ namespace }) =>
      namespace === 'lazy-child-process'
        ? { path: 'node:child_process', external: true }
        : { path: 'child_process', namespace: 'lazy-child-process' },
    );
    bundler.onLoad({ filter: /.*/, namespace: 'lazy-child-process' }, () => ({
      contents: EXPORTS.map(
        (name) => `export function ${name}(...words) {
          const { ${name}: real } = require('node:child_process');
          return new.target === undefined ? real(...words) : new real(...words);
        }`,
      ).join('\n'),
    }));
  },
};
