import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ConfProblem } from '../../../../lib/model/conf/conf_problem';
import type { ProblemCode } from '../../../../lib/model/problem_code';
import { readIni, type IniFile, type IniSection } from '../../../../lib/model/conf/read_ini';
import { describePython } from '../../python/ask_python';
import { iniText } from './arbitraries';

const RUNS = 2000;

type Entries = [key: string, value: string][];
type Sections = { defaults: Entries; sections: [name: string, entries: Entries][] };
type Answer = Sections | { wrong: number };

function entries(section: IniSection): Entries {
  return [...section.entries.values()].map(({ key, value }) => [key, value]);
}

function orphanLines({ orphans }: IniFile): number[] {
  return [...orphans.entries.values()].map(({ line }) => line);
}

function plainIni(ini: IniFile): Sections {
  return {
    defaults: entries(ini.defaults),
    sections: ini.sections.map((section) => [section.name, entries(section)]),
  };
}

/** All that is wrong with a text, whatever its keys mean. */
function problemsOf({ problems, orphans, defaults, sections }: IniFile): ConfProblem[] {
  return [...new Set([problems, ...[orphans, defaults, ...sections].map((one) => one.problems)].flat())];
}

/** Stricter than Python on purpose: a section that became part of a value, and text behind a header. */
const STRICT: readonly ProblemCode[] = ['indented-header', 'text-behind-header'];

describePython("a conf file is read as Python's configparser reads it", (ask) => {
  test('random texts: the same sections, keys and values, or a problem', async () => {
    let right = 0;
    await fc.assert(
      fc.asyncProperty(iniText, async (text) => {
        const python = (await ask({ kind: 'ini', text })) as Answer;
        const ini = readIni(text, 'f');
        const problems = problemsOf(ini);
        const lines = [...problems.map(({ place }) => place.line), ...orphanLines(ini)];
        if ('wrong' in python) {
          // It tells one place, and of lines that are no key only after all else that is wrong.
          assert.ok(Math.min(...lines) <= python.wrong);
          return;
        }
        assert.deepEqual(
          problems.filter(({ code }) => !STRICT.includes(code)),
          [],
        );
        if (problems.some(({ code }) => code === 'text-behind-header')) return;
        assert.deepEqual(plainIni(ini), python);
        right++;
      }),
      { numRuns: RUNS },
    );
    expect(right).toBeGreaterThan(RUNS / 3);
  });
});

describe('a conf file', () => {
  const sections = (text: string) => plainIni(readIni(text, 'f'));

  test.each<[string, string, Sections]>([
    ['is empty', '', { defaults: [], sections: [] }],
    ['has an empty [DEFAULT]', '[DEFAULT]\n[a]\nk = v', { defaults: [], sections: [['a', [['k', 'v']]]] }],
    ['has a byte order mark', '\uFEFF[a]\nk = v', { defaults: [], sections: [['a', [['k', 'v']]]] }],
    ['has line ends of Windows', '[a]\r\nk = v\r\n', { defaults: [], sections: [['a', [['k', 'v']]]] }],
    ['has no line end at its end', '[a]\nk = v', { defaults: [], sections: [['a', [['k', 'v']]]] }],
    [
      'has [DEFAULT] in two parts',
      '[DEFAULT]\nk=1\n[a]\n[DEFAULT]\nl=2',
      {
        defaults: [
          ['k', '1'],
          ['l', '2'],
        ],
        sections: [['a', []]],
      },
    ],
    [
      'has a dot in a section',
      '[bond0.100]\nk = v',
      { defaults: [], sections: [['bond0.100', [['k', 'v']]]] },
    ],
    ['has brackets in a section', '[a[0]]\nk = v', { defaults: [], sections: [['a[0]', [['k', 'v']]]] }],
    [
      'has words of JavaScript',
      '[__proto__]\nconstructor = null',
      { defaults: [], sections: [['__proto__', [['constructor', 'null']]]] },
    ],
    [
      'has # and ; in a value',
      '[a]\nk = Windows #10; "x"',
      { defaults: [], sections: [['a', [['k', 'Windows #10; "x"']]]] },
    ],
    ['has % in a value', '[a]\nk = 50%', { defaults: [], sections: [['a', [['k', '50%']]]] }],
    [
      'continues a value',
      '[a]\nk = 1\n  2\n# comment\n\n  3\nl = 4',
      {
        defaults: [],
        sections: [
          [
            'a',
            [
              ['k', '1\n2\n\n3'],
              ['l', '4'],
            ],
          ],
        ],
      },
    ],
  ])('%s', (_, text, expected) => {
    expect(sections(text)).toEqual(expected);
    expect(problemsOf(readIni(text, 'f'))).toEqual([]);
  });

  test('keeps the line of every key, the first of two equal ones, and tells the second', () => {
    const ini = readIni('\n[a]\n\nk = 1\nK = 2\n[a]\nk = 3', 'f');
    expect(ini.sections.map(({ name, line }) => [name, line])).toEqual([
      ['a', 2],
      ['a', 6],
    ]);
    expect(ini.sections[0]?.entries.get('k')).toEqual({ key: 'k', value: '1', line: 4 });
    expect(problemsOf(ini).map(({ place, key, section }) => [place.line, section, key])).toEqual([
      [5, 'a', 'k'],
      [6, 'a', undefined],
    ]);
  });
});
