import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'esbuild';

/** The tables by which yargs lays out help: [as its platform has them, made where they are used]. */
const EAGER = ['cliui:require("cliui")', 'get cliui(){return require("cliui")}'] as const;

/** yargs less what only help needs, until there is help: that would take a twentieth of node's own start. */
export const lazyYargs: Plugin = {
  name: 'lazy-yargs',
  setup(bundler) {
    // As an ES module it wraps help in the middle of words.
    bundler.onResolve({ filter: /^yargs\/yargs$/ }, () => ({
      path: resolve('node_modules/yargs/yargs.cjs'),
    }));
    bundler.onLoad({ filter: /\/yargs\/build\/index\.cjs$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!text.includes(EAGER[0])) throw new Error(`no ${EAGER[0]} in ${path}`);
      return { contents: text.replace(...EAGER) };
    });
  },
};
