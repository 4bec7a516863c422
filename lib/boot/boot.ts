import { programText } from './program_text';
import { runProgram } from './run_program';

/** Holds the text of the whole program; this and the next are put here by build/build.ts. */
declare const PROGRAM: () => void;

/** First words of a call that need parts of the program of their own. */
declare const USES: readonly string[];

const use = USES.find((word) => word === process.argv[2]) ?? 'any';
runProgram(programText(PROGRAM), [exports, require, module, __filename, __dirname], use);
