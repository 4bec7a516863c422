import fc from 'fast-check';
import { runInNewContext } from 'node:vm';
import { programText, wrapProgram } from '../../../lib/boot/program_text';

/** As it comes back from a file that node has loaded. */
const unwrapped = (program: string): string =>
  programText(runInNewContext(`(${wrapProgram(program)})`) as () => void);

test('a program comes back as a function of what node gives a module', () => {
  const program = 'module.exports = [typeof require, /a*b/.source] // and a comment at its end';
  const module = { exports: [] };
  const run = runInNewContext(unwrapped(program)) as (...scope: unknown[]) => void;
  run({}, require, module, '', '');
  expect(module.exports).toEqual(['function', 'a*b']);
});

test('any text comes back as it was', () => {
  const unit = fc.constantFrom('*', '/', '\\', '\n', '\x01', '`', '}', ')', 'é', '→', 'x');
  const text = fc.string({ unit }).filter((program) => !program.includes('*/'));
  fc.assert(
    fc.property(text, (program) => {
      expect(unwrapped(program)).toBe(
        `(function(exports,require,module,__filename,__dirname){${program}\n})`,
      );
    }),
  );
});

test('what cannot come back is refused', () => {
  expect(() => wrapProgram('"*/"')).toThrow('would end the comment');
});
