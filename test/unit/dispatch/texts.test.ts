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
  ])('of %j', (chunks, line) => {
    expect(last(...chunks)).toBe(line);
  });

  test('is no longer than a log takes', () => {
    expect(last('x'.repeat(1_000_000)).length).toBeLessThanOrEqual(4096);
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
