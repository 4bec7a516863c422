import fc from 'fast-check';
import { LastLine } from '../../../lib/dispatch/last_line';
import { fingerprint } from '../../../lib/dispatch/fingerprint';

describe('the last line that a script says', () => {
  const last = (...chunks: string[]): string => {
    const line = new LastLine();
    for (const chunk of chunks) line.add(Buffer.from(chunk));
    return line.text();
  };

  test.each<[string[], string]>([
    [[], ''],
    [['\n', '  \n'], ''],
    [['one\n', 'two\n'], 'two'],
    [['one\ntw', 'o'], 'two'],
    [['why it failed\n\n  \n'], 'why it failed'],
    [['error: why it failed\n'], 'why it failed'],
    [['  indented \u001b[0m\n'], 'indented \\x1b[0m'],
    [[`${'x'.repeat(100_000)}\n`, 'short\n'], 'short'],
    [['one\ntwo', '\n', '\n  ', '\t\r\n'], 'two'],
    [['one\n  ', ' two', '\n\n'], 'two'],
    [['one', '\ntw', '', 'o\nthree\n\n'], 'three'],
    [['a\nb\u202e\u009b\n'], 'b\\u202e\\u009b'],
    // Of a long one the beginning, which says where and what.
    [
      ['short\n', 'where: ', 'x'.repeat(3000), 'y'.repeat(3000)],
      `where: ${'x'.repeat(3000)}${'y'.repeat(1088)}…`,
    ],
  ])('of %j', (chunks, line) => {
    expect(last(...chunks)).toBe(line);
  });

  test('is no longer than a log takes', () => {
    expect(last('x'.repeat(1_000_000)).length).toBeLessThanOrEqual(4096);
    expect(last('\x01'.repeat(1_000_000)).length).toBeLessThanOrEqual(4096);
  });

  test('however the output is cut into chunks', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '\r') });
    fc.assert(
      fc.property(fc.array(text), (chunks) => {
        const lines = chunks.join('').split('\n');
        const expected = lines.map((line) => line.trim()).filter((line) => line !== '');
        expect(last(...chunks)).toBe((expected.at(-1) ?? '').replaceAll('\r', '\\x0d'));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a fingerprint', () => {
  test('is the same for the same bytes, wherever they lie in memory', () => {
    const bytes = Buffer.from('0123456789abcdef');
    expect(fingerprint(Buffer.concat([Buffer.from('x'), bytes]).subarray(1))).toBe(fingerprint(bytes));
  });

  test('notices every edit of one byte, and every exchange of two', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 2, maxLength: 40 }),
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (bytes, i, j, by) => {
          const at = i % bytes.length;
          const other = j % bytes.length;
          const edited = Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ by : byte));
          const swapped = Uint8Array.from(bytes, (byte, index) =>
            index === at ? (bytes[other] ?? 0) : index === other ? (bytes[at] ?? 0) : byte,
          );
          const own = fingerprint(Buffer.from(bytes));
          expect(fingerprint(Buffer.from(edited))).not.toBe(own);
          if (bytes[at] !== bytes[other]) expect(fingerprint(Buffer.from(swapped))).not.toBe(own);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
