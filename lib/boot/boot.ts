import { programText } from './program_text';
import { runProgram } from './run_program';

/** Holds the text of the whole program; this and the next are put here by build/build.ts. */
declare const PROGRAM: () => void;

/** First words of a call that need parts of the program of their own. */
declare const USES: readonly string[];

if (process.execArgv.includes('--build-snapshot')) {
  // No script of node:vm can be in a snapshot, and there is no module.
  const run = (0, eval)(programText(PROGRAM)) as (...scope: unknown[]) => void;
  run({}, require, { exports: {} }, __filename, __dirname);
} else {
  const use = USES.find((word) => word === process.argv[2]) ?? 'any';
  runProgram(programText(PROGRAM), [exports, require, module, __filename, __dirname], use);
}
