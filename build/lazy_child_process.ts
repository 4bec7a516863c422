import type { Plugin } from 'esbuild';

/** Each is called only, or made by `new`. */
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
 * node:child_process loaded at the first call. With it in its heap node 18 cannot make a start-up snapshot ("Unknown
 * external reference"), and packages import it as they are loaded. Bundlers copy names, so there is one for each.
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
