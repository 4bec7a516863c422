import { Script } from 'node:vm';
import { readDerived, writeDerived } from '../system/files/derived_files';

/** What node gives a CommonJS module: exports, require, module, __filename, __dirname. */
type ModuleScope = readonly [unknown, NodeJS.Require, NodeJS.Module, string, string];

/**
 * Runs a program, the text of a function of the scope, with what V8 had made of it the last time, as node's own
 * `module.enableCompileCache` does from 22.1 on: to compile it anew at each call of a hook would cost half of node's own
 * start. V8 refuses what another version of it, or other flags, have made; then, and at the first call after a boot, it
 * is made anew.
 *
 * @param use of the program: what was compiled for another may lack what this one needs; lower-case letters
 */
export function runProgram(text: string, scope: ModuleScope, use: string): void {
  const [, , , file] = scope;
  const cachedData = readDerived(`compiled-${use}`, file);
  const script = new Script(text, { filename: file, ...(cachedData === null ? {} : { cachedData }) });
  (script.runInThisContext() as (...words: ModuleScope) => void)(...scope);
  if (cachedData !== null && script.cachedDataRejected !== true) return;
  // Once it has run, so that what it needed is in it.
  process.once('exit', () => writeDerived(`compiled-${use}`, file, script.createCachedData()));
}
