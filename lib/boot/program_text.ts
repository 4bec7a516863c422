const BEGIN = '()=>{/*(function(exports,require,module,__filename,__dirname){';
const END = '\n})*/}';

/**
 * A function with a program in it, as a comment: V8 skips that, and gives it back without a copy. As a string it would
 * be copied three times at each start, as code it would be parsed.
 *
 * @param program without anything in it that ends a comment
 */
export function wrapProgram(program: string): string {
  if (program.includes('*/')) throw new Error('the program would end the comment that it is to stand in');
  return `${BEGIN}${program}${END}`;
}

/** The program of such a function, as an expression: a function of what node gives a CommonJS module. */
export function programText(wrapped: () => void): string {
  return wrapped.toString().slice(BEGIN.indexOf('(function'), -'*/}'.length);
}
