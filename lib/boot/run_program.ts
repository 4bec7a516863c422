import { Script } from 'node:vm';
import { readCompiled, writeCompiled } from './compiled_cache';

/** What node gives a CommonJS module: exports, require, module, __filename, __dirname. */
type ModuleScope = readonly [unknown, NodeJS.Require, NodeJS.Module, string, string];

/**
 * Runs a program with what V8 had made of it the last time, as node's own `module.enableCompileCache` does from
 * 22.1 on: to compile it anew at each call of a hook would cost half of node's own start. V8 refuses what another
 * version of it, or other flags, have made; then, and at the first call after a boot, it is made anew.
 */
export function runProgram(program: string, scope: ModuleScope): void {
  const [, , , file] = scope;
  const cachedData = readCompiled(file);
  const text = `(function (exports, require, module, __filename, __dirname) {${program}\n})`;
  const script = new Script(text, { filename: file, ...(cachedData === null ? {} : { cachedData }) });
  (script.runInThisContext() as (...words: ModuleScope) => void)(...scope);
  if (cachedData !== null && script.cachedDataRejected !== true) return;
  // Once it has run, so that what it needed is in it.
  process.once('exit', (status) => {
    if (status === 0) writeCompiled(file, script.createCachedData());
  });
}
