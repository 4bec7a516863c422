const BEGIN = '()=>{/*(function(exports,require,module,__filename,__dirname){';
const END = '\n})*/}';
/** What may not stand in a comment, and what stands for it there; no program has that byte. */
const COMMENT_END = '*/';
const STAND_IN = '*\x02/';

/**
 * A function with a program in it, as a comment: V8 skips that, and gives it back without a copy. As a string it would
 * be copied three times at each start, as code it would be parsed.
 */
export function wrapProgram(program: string): string {
  if (program.includes(STAND_IN))
    throw new Error('the program holds what was to stand for the end of a comment');
  return `${BEGIN}${program.replaceAll(COMMENT_END, STAND_IN)}${END}`;
}

/** The program of such a function, as an expression: a function of what node gives a CommonJS module. */
export function programText(wrapped: () => void): string {
  return wrapped
    .toString()
    .slice(BEGIN.indexOf('(function'), -'*/}'.length)
    .replaceAll(STAND_IN, COMMENT_END);
}
