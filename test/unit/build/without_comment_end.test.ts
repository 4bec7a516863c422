import fc from 'fast-check';
import { runInNewContext } from 'node:vm';
import { withoutCommentEnd } from '../../../build/without_comment_end';

/** What a program gives, regular expressions as their matches in what they are for. */
const evaluate = (program: string): unknown =>
  JSON.parse(runInNewContext(`JSON.stringify(${program})`) as string) as unknown;

test.each([
  ['a string', '"a*/b" + \'*/\'', 'a*/b*/'],
  ['a template', '`*/${`x*/` + "*/"}*/`', '*/x*/*/*/'],
  ['an expression at its end', '"xaab".match(/a*/g).join()', ',aa,,'],
  ['an expression with flags', '"A**".replace(/a*/i, "")', '**'],
  ['an expression with a class', '"a*/b".split(/[*/]/)', ['a', '', 'b']],
  ['an expression with the end of a class', '/[a*/]/.test("/")', true],
  ['a product', '2*/x/.exec("x").length', 2],
])('%s means the same', (_, program, value) => {
  expect(evaluate(program)).toEqual(value);
  const changed = withoutCommentEnd(program);
  expect(changed).not.toContain('*/');
  expect(evaluate(changed)).toEqual(value);
});

test('any program of such parts means the same', () => {
  const text = fc.string({ unit: fc.constantFrom('*', '/', 's', '\\\\', "\\'") });
  const expression = fc.string({
    unit: fc.constantFrom('s*', '\\s*', '\\/', '[*/]', '[/s*]', '(s)*'),
    minLength: 1,
  });
  const part = fc.oneof(
    text.map((inside) => `'${inside}'`),
    text.map((inside) => `\`${inside}\${'*/'}\``),
    expression.map((inside) => `'/s*s/ s'.replace(/${inside}/g,'.')`),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const program = `[${parts.join(',')}]`;
      const changed = withoutCommentEnd(program);
      expect(changed).not.toContain('*/');
      expect(evaluate(changed)).toEqual(evaluate(program));
    }),
  );
});

test('a program without it stays as it is, even where it is none', () => {
  expect(withoutCommentEnd('it is * /')).toBe('it is * /');
});

test.each(['String.raw`*/`', 'String.raw`${`*/`}`', '1 /* a comment */'])(
  'what has no other spelling is refused: %s',
  (program) => {
    expect(() => withoutCommentEnd(program)).toThrow('cannot be put into a comment');
  },
);
