import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isGlob, matchesGlob } from '../../../lib/text/glob';
import { describePython } from '../python/ask_python';

const letter = fc.constantFrom(...'abcABC019-!]^ .\\{}|&~é日\n');
const name = fc.string({ unit: letter, maxLength: 8 });
const pattern = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: letter },
      { weight: 2, arbitrary: fc.constantFrom('*', '?', '[', ']') },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          '[abc]',
          '[!abc]',
          '[a-c]',
          '[c-a]',
          '[!a-c0-9]',
          '[b-[!a-c]',
          '[]]',
          '[!]]',
          '[a-]',
        ),
      },
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

/** A pattern and a name that it has a chance to match: made from the pattern's own letters. */
const meeting = fc.oneof(
  fc.tuple(pattern, name),
  fc.tuple(pattern, name).map(([text, rest]): [string, string] => [
    text,
    text
      .replaceAll('*', rest)
      .replaceAll('?', 'b')
      .replaceAll(/\[[^\]]+\]/g, 'a'),
  ]),
);

describePython("patterns match what Python's fnmatchcase matches, and themselves", (ask) => {
  test('random patterns and names', async () => {
    let matched = 0;
    await fc.assert(
      fc.asyncProperty(meeting, async ([text, guest]) => {
        const python = (await ask({ kind: 'glob', pattern: text, name: guest })) as boolean;
        assert.equal(matchesGlob(text, guest), python || text === guest);
        if (python) matched++;
      }),
      { numRuns: 3000 },
    );
    expect(matched).toBeGreaterThan(300);
  }, 60_000);
});

describe('a pattern', () => {
  test.each([
    ['VM1', 'VM1'],
    ['web*', 'web'],
    ['web*', 'web-17'],
    ['*', ''],
    ['db?', 'db1'],
    ['db?', 'db🙂'],
    ['[a-m]*', 'miller'],
    ['[!a-m]*', 'smith'],
    ['Windows 10', 'Windows 10'],
    ['[x]', '[x]'],
    ['a[b', 'a[b'],
    ['*a*b*', 'xxaxxbxx'],
    ['**', 'anything'],
  ])('%s matches %s', (text, guest) => {
    expect(matchesGlob(text, guest)).toBe(true);
  });

  test.each([
    ['VM1', 'vm1'],
    ['VM1', 'VM10'],
    ['VM1', 'xVM1'],
    ['web*', 'we'],
    ['db?', 'db'],
    ['db?', 'db10'],
    ['[a-m]*', 'smith'],
    ['VM.', 'VM1'],
    ['', 'VM1'],
  ])('%s does not match %s', (text, guest) => {
    expect(matchesGlob(text, guest)).toBe(false);
  });

  test('with many stars takes no time', () => {
    const began = performance.now();
    expect(matchesGlob('*a'.repeat(200) + 'b', 'a'.repeat(5000))).toBe(false);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test('is told apart from a plain name', () => {
    expect(['VM1', 'a]', 'a!-^', 'a\\'].map(isGlob)).toEqual([false, false, false, false]);
    expect(['a*', '?', 'a[b'].map(isGlob)).toEqual([true, true, true]);
  });
});
