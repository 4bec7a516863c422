import { formatConfProblem } from '../../../lib/conf/conf_problem';
import { nearest, readDefaults, readSections } from '../../../lib/conf/keys';
import { readIni } from '../../../lib/conf/read_ini';
import { vidList, vidOrNone, word } from '../../../lib/conf/values';

const KEYS = { pvid: vidOrNone, tagged: vidList, name: word('a name') };
const read = (text: string) => readSections(readIni(text, 'f'), KEYS);
const problemsOf = (text: string) => read(text).map(({ problems }) => problems.map(formatConfProblem));

describe('the keys of a section', () => {
  test('are its own, then those of [DEFAULT]', () => {
    const [section] = read('[DEFAULT]\npvid = 5\ntagged = 6\n[a]\ntagged = 7');
    expect(section?.get('pvid')).toBe(5);
    expect([...(section?.get('tagged') ?? [])]).toEqual([7]);
    expect(section?.entry('pvid')?.line).toBe(2);
    expect(section?.get('name')).toBeUndefined();
  });

  test('have no value where it is wrong', () => {
    const [section] = read('[a]\npvid = x\ntagged = 7');
    expect(section?.get('pvid')).toBeUndefined();
    expect(section?.entry('pvid')?.value).toBe('x');
    expect(section?.get('tagged')).toBeDefined();
  });

  test('have no value where there are two of them', () => {
    const [section] = read('[a]\npvid = 5\npvid = 6\ntagged = 7');
    expect(section?.get('pvid')).toBeUndefined();
    expect(section?.get('tagged')).toBeDefined();
  });

  test('do not swallow indented lines that are keys', () => {
    expect(problemsOf('[a]\nname = x\n  pvid = 7\n  Tagged: 8\nother = 1\n  name=x')).toEqual([
      [
        'f:2: [a] pvid: "pvid = 7" is indented, and so goes on with the value of name. Let every key begin at the left margin.',
        'f:2: [a] tagged: "Tagged: 8" is indented, and so goes on with the value of name. Let every key begin at the left margin.',
        'f:5: [a] other = 1 name=x: unknown key. Allowed: pvid, tagged, name. Remove the line, or put # before it.',
        'f:5: [a] name: "name=x" is indented, and so goes on with the value of other. Let every key begin at the left margin.',
      ],
    ]);
  });

  test('go on in the next line where they are lists', () => {
    const [section] = read('[a]\ntagged = 7\n  8-9\n\t10');
    expect([...(section?.get('tagged') ?? [])]).toEqual([7, 8, 9, 10]);
    expect(section?.problems).toEqual([]);
  });

  test('do not go on in the next line where they are names', () => {
    expect(problemsOf('[a]\nname = VM\n  1 = 2')).toEqual([
      [
        'f:2: [a] name = VM 1 = 2: more than one line. Allowed: a name. Correct the line; until then what it is about stays as it is.',
      ],
    ]);
  });
});

test('what is wrong in [DEFAULT] and outside of sections is told once for the file', () => {
  const { problems } = readDefaults(readIni('x = 1\n[DEFAULT]\npvid = x\n[a]\npvid = y\n[b', 'f'), KEYS);
  expect(problems.map(({ place }) => place.line)).toEqual([1, 6, 3]);
});

test.each(['[b', 'b]'])(
  "the broken header %s is the whole file's problem, and begins a section",
  (header) => {
    const ini = readIni(`[a]\npvid = 5\n${header}\npvid = 6`, 'f');
    expect(ini.sections.map(({ name, entries }) => [name, entries.get('pvid')?.value])).toEqual([
      ['a', '5'],
      ['b', '6'],
    ]);
    expect(ini.problems.map(formatConfProblem)).toEqual([
      `f:3: "${header}" is no whole [section]. Write the name between [ and ], for example \`[veth0]\`.`,
    ]);
  },
);

test("an indented header is the whole file's problem", () => {
  expect(readIni('[a]\npvid = 5\n  [b]\n  pvid = 6', 'f').problems.map(formatConfProblem)).toEqual([
    'f:3: "[b]" is indented, and so goes on with the value before it. Let every section begin at the left margin.',
  ]);
});

test.each([
  ['tagegd', 'tagged'],
  ['tag', null],
  ['pvdi', 'pvid'],
  ['pvi', 'pvid'],
  ['tags', null],
  ['nmae', 'name'],
  ['', null],
])('for the key "%s" the suggestion is %s', (key, suggestion) => {
  expect(nearest(key, Object.keys(KEYS))).toBe(suggestion);
});
