import { runProgram } from './run_program';

/** The text of the whole program; put here by build/build.ts. */
declare const PROGRAM: string;

runProgram(PROGRAM, [exports, require, module, __filename, __dirname]);
