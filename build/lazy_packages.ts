import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'esbuild';

/** What yargs makes at once and only some calls need: [as it stands there, what takes its place]. */
const EAGER: readonly (readonly [string, string])[] = [
  // The tables by which it lays out help.
  ['cliui:require("cliui")', 'get cliui(){return require("cliui")}'],
  // A module of node's for what never fails.
  ['var t=require("assert");', ''],
  [
    'assert:{notStrictEqual:t.notStrictEqual,strictEqual:t.strictEqual}',
    `assert:{notStrictEqual(a,b,...c){Object.is(a,b)&&require("assert").notStrictEqual(a,b,...c)},
      strictEqual(a,b,...c){Object.is(a,b)||require("assert").strictEqual(a,b,...c)}}`,
  ],
  // The version in a package.json, which it would seek in all folders above the hooks; we say ours.
  ['findUp:require("escalade/sync")', 'findUp(){throw new Error("not looked for")}'],
];

/** yargs less what only some calls need, until they do: that would take a tenth of node's own start. */
export const lazyPackages: Plugin = {
  name: 'lazy-packages',
  setup(bundler) {
    // As an ES module it wraps help in the middle of words.
    bundler.onResolve({ filter: /^yargs\/yargs$/ }, () => ({
      path: resolve('node_modules/yargs/yargs.cjs'),
    }));
    bundler.onLoad({ filter: /\/yargs\/build\/index\.cjs$/ }, ({ path }) => {
      let text = readFileSync(path, 'utf8');
      for (const [eager, lazy] of EAGER) {
        if (text.split(eager).length !== 2) throw new Error(`not once ${eager} in ${path}`);
        text = text.replace(eager, lazy);
      }
      return { contents: text };
    });
  },
};
