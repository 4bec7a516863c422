import { programText } from './program_text';
import { runProgram } from './run_program';

/** Holds the text of the whole program; put here by build/build.ts. */
declare const PROGRAM: () => void;

runProgram(programText(PROGRAM), [exports, require, module, __filename, __dirname]);
