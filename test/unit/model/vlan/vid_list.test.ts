import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseVid, toVid, type Vid } from '../../../../lib/model/vlan/vid';
import { formatRange, formatVidList, parseVidList, toRanges } from '../../../../lib/model/vlan/vid_list';
import { vid, vidSet } from '../../plan/arbitraries';

const RUNS = { numRuns: 2000 };

/** The VIDs of a text; fails where it is not a list. */
function read(text: string): number[] {
  const list = parseVidList(text);
  if ('wrong' in list) throw new Error(list.wrong);
  return [...list.vids];
}

describe('a list of VIDs', () => {
  test.each<[string, number[]]>([
    ['', []],
    ['  ', []],
    [',', []],
    ['1', [1]],
    ['4094', [4094]],
    ['100 200', [100, 200]],
    ['200,300', [200, 300]],
    ['200, 300', [200, 300]],
    ['200 ,,300,', [200, 300]],
    ['100\n200\t300', [100, 200, 300]],
    ['5-8', [5, 6, 7, 8]],
    ['7-7', [7]],
    ['300 100 300 100-101', [300, 100, 101]],
    ['0100', [100]],
  ])('%j is %j', (text, vids) => {
    expect(read(text)).toEqual(vids);
  });

  test.each<[text: string, word: string]>([
    ['0', '0'],
    ['4095', '4095'],
    ['5000', '5000'],
    ['100 1o0', '1o0'],
    ['1e3', '1e3'],
    ['0x10', '0x10'],
    ['+5', '+5'],
    ['-5', '-5'],
    ['5-', '5-'],
    ['-', '-'],
    ['1-2-3', '1-2-3'],
    ['1 - 3', '-'],
    ['1..3', '1..3'],
    ['1;3', '1;3'],
    ['10-4095', '10-4095'],
    ['0-10', '0-10'],
    ['1٣', '1٣'],
    ['100000000000000000000', '100000000000000000000'],
  ])('%j is wrong: %j is neither a VID nor a range', (text, word) => {
    expect(parseVidList(text)).toEqual({ wrong: `"${word}" is neither a VID nor a range of VIDs` });
  });

  test('a range has its smaller end first', () => {
    expect(parseVidList('8-5')).toEqual({ wrong: 'the range "8-5" ends before it begins' });
  });

  test('has no more words than there are VIDs, and costs no time before that is found', () => {
    const began = performance.now();
    expect(read('1-4094,'.repeat(4094))).toHaveLength(4094);
    for (const word of ['1-4094,', '7 ', 'x'.repeat(500_000), ','])
      expect(parseVidList(word.repeat(Math.ceil(3_500_000 / word.length)))).toEqual(
        word === ','
          ? { vids: new Set() }
          : {
              wrong: word.startsWith('x')
                ? `"${'x'.repeat(200)}…" is neither a VID nor a range of VIDs`
                : 'more than 4094 VIDs and ranges',
            },
      );
    expect(performance.now() - began).toBeLessThan(1000);
  });

  test.each<[number[], string]>([
    [[], ''],
    [[5], '5'],
    [[5, 6], '5-6'],
    [[300, 200, 201, 202], '200-202,300'],
    [[1, 3, 4094], '1,3,4094'],
    [[4, 4, 4], '4'],
  ])('%j is written %j', (vids, text) => {
    expect(formatVidList(vids as Vid[])).toBe(text);
  });

  test('what is written is read as the same VIDs', () => {
    fc.assert(
      fc.property(vidSet, (vids) => {
        assert.deepEqual(new Set(read(formatVidList(vids))), vids);
      }),
      RUNS,
    );
  });

  test('what is written is the shortest: ranges ascend and leave a gap between them', () => {
    fc.assert(
      fc.property(vidSet, (vids) => {
        const ranges = toRanges(vids);
        for (const [index, [first, last]] of ranges.entries()) {
          assert.ok(first <= last);
          assert.ok(first > (ranges[index - 1]?.[1] ?? -1) + 1);
        }
      }),
      RUNS,
    );
  });

  test('separators do not matter', () => {
    const separator = fc.constantFrom(' ', ',', ', ', '\n', '\t', ' , ', ',,');
    fc.assert(
      fc.property(vidSet, fc.array(separator, { minLength: 20, maxLength: 20 }), (vids, between) => {
        const text = toRanges(vids).map((range, index) => formatRange(range) + (between[index % 20] ?? ' '));
        assert.deepEqual(new Set(read(text.join(''))), vids);
      }),
      RUNS,
    );
  });

  test('a text is either read or told wrong, and only VIDs come out', () => {
    const letter = fc.constantFrom(...'0123456789-, \nx');
    fc.assert(
      fc.property(fc.string({ unit: letter, maxLength: 12 }), (text) => {
        const list = parseVidList(text);
        if ('wrong' in list) assert.notEqual(list.wrong, '');
        else for (const member of list.vids) assert.equal(toVid(member), member);
      }),
      RUNS,
    );
  });
});

describe('a VID', () => {
  test('is a decimal number from 1 to 4094', () => {
    fc.assert(fc.property(vid, (number) => assert.equal(parseVid(String(number)), number)));
    expect([0, 4095, 5000, -1, 1.5, NaN].map(toVid)).toEqual([null, null, null, null, null, null]);
    expect(['', ' 1', '1 ', '1.0', '4095', '000001'].map(parseVid)).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});
