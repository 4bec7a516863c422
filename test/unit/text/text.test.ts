import fc from 'fast-check';
import { harmless } from '../../../lib/text/harmless';
import { oneLine } from '../../../lib/text/one_line';
import { safeJson } from '../../../lib/text/safe_json';

/** Control characters, C0 and C1, and what Unicode calls bidirectional controls, line and paragraph separators. */
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;
const anyText = fc.string({ unit: 'binary' });
const nasty = fc.string({
  unit: fc.constantFrom(...'a\n\x1b[\x7f\u0085\u009b\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069'),
});

describe('one line', () => {
  test.each([
    ['VM1', 'VM1'],
    ['Büro 日本🙂', 'Büro 日本🙂'],
    ['a\nb\r\tc', 'a\\x0ab\\x0d\\x09c'],
    ['\u001b[31mred\u009b0m\u007f', '\\x1b[31mred\\u009b0m\\x7f'],
    ['evil\u202egnp.exe\u2066\u061c', 'evil\\u202egnp.exe\\u2066\\u061c'],
    ['a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
  ])('%j is %s', (text, line) => {
    expect(oneLine(text)).toBe(line);
  });

  test('whatever comes in, nothing comes out that ends a line, moves the cursor or reorders', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, nasty), (text) => {
        expect(oneLine(text)).not.toMatch(UNSAFE);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['12345', 5, '12345'],
    ['123456', 5, '1234…'],
    // Neither half of an escape nor half of a character stays.
    ['12\n345', 5, '12…'],
    ['1\u202e2345', 5, '1…'],
    ['123🙂5', 5, '123…'],
    ['x'.repeat(5_000_000), 10, 'xxxxxxxxx…'],
  ])('%.20j in %i characters is %s', (text, most, line) => {
    expect(oneLine(text, most)).toBe(line);
  });
});

describe('JSON', () => {
  test('what a terminal would obey is escaped, and whoever parses it gets the same value', () => {
    expect(safeJson({ name: 'a\u009b\u202e\u2028\x7f\x1b' })).toBe(
      '{"name":"a\\u009b\\u202e\\u2028\\u007f\\u001b"}',
    );
    fc.assert(
      fc.property(fc.oneof(anyText, nasty), (text) => {
        const json = safeJson({ [text]: [text] });
        expect(json).not.toMatch(UNSAFE);
        expect(JSON.parse(json)).toEqual({ [text]: [text] });
      }),
      { numRuns: 2000 },
    );
  });
});

describe('all that a command prints', () => {
  test('colours and line ends stay, and nothing else of their kind', () => {
    expect(harmless('\x1b[31mred\x1b[0m\n\x1b[1;32mok\x1b[0m\n')).toBe(
      '\x1b[31mred\x1b[0m\n\x1b[1;32mok\x1b[0m\n',
    );
    expect(harmless('\x1b[H\x1b[2Jnext')).toBe('\x1b[H\x1b[2Jnext');
    expect(harmless('\x1b]0;title\x07\x1b[2J\u009b31m\r\t\u202e\x7f')).toBe(
      '\\x1b]0;title\\x07\\x1b[2J\\u009b31m\\x0d\\x09\\u202e\\u007f',
    );
  });

  test('JSON is the same value', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, nasty), (text) => {
        const json = harmless(`${JSON.stringify({ text }, null, 2)}\n`);
        expect(json.replaceAll('\n', '')).not.toMatch(UNSAFE);
        expect(JSON.parse(json)).toEqual({ text });
      }),
      { numRuns: 2000 },
    );
  });
});
