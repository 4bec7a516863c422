import type { ConfProblem } from '../../../../lib/model/conf/conf_problem';
import { readIni } from '../../../../lib/model/conf/read_ini';
import { readSections } from '../../../../lib/model/conf/read_sections';
import { oneOf, vidList, vidOrNone, word } from '../../../../lib/model/conf/values';

const KEYS = { pvid: vidOrNone, tagged: vidList, name: word('a name'), use: oneOf('on', 'off') };
const RULES = { skipsEmpty: true, ofFile: 'use', meanwhile: 'nothing changes' };
const conf = (text: string) => readSections(readIni(text, 'f'), KEYS, RULES);
const read = (text: string) => conf(text).sections;
/** Of each section: what is wrong, at which line, in which key and value. */
const problemsOf = (text: string) => read(text).map(({ problems }) => problems.map(inShort));
const inShort = ({ code, place, section, key, value }: ConfProblem) => [
  code,
  place.line,
  ...(section === undefined ? [] : [section]),
  ...(key === undefined ? [] : [key]),
  ...(value === undefined ? [] : [value]),
];
/** Which sections have a problem, and at which lines. */
const concerned = (text: string) =>
  Object.fromEntries(
    read(text).map(({ section, problems }) => [section.name, problems.map(({ place }) => place.line)]),
  );

describe('the keys of a section', () => {
  test('are its own, then those of [DEFAULT]', () => {
    const [section] = read('[DEFAULT]\npvid = 5\ntagged = 6\n[a]\ntagged = 7');
    expect(section?.get('pvid')).toBe(5);
    expect([...(section?.get('tagged') ?? [])]).toEqual([7]);
    expect(section?.entry('pvid')?.line).toBe(2);
    expect(section?.get('name')).toBeUndefined();
    expect([section?.isOwn('pvid'), section?.isOwn('tagged')]).toEqual([false, true]);
  });

  test('have no value where it is wrong', () => {
    const [section] = read('[a]\npvid = x\ntagged = 7');
    expect(section?.get('pvid')).toBeUndefined();
    expect(section?.entry('pvid')?.value).toBe('x');
    expect([...(section?.get('tagged') ?? [])]).toEqual([7]);
  });

  test.each([
    ['two of them', '[a]\npvid = 5\npvid = 6\ntagged = 7'],
    ['a line that may be it', '[DEFAULT]\npvid = 5\n[a]\npvid 6\ntagged = 7'],
    ['one behind the header', '[DEFAULT]\npvid = 5\n[a] pvid = 6\ntagged = 7'],
    ['one before the first section', 'pvid = 5\n[a]\ntagged = 7'],
    ['two of them in [DEFAULT]', '[DEFAULT]\npvid = 5\npvid = 6\n[a]\ntagged = 7'],
  ])('have no value where there is %s', (_, text) => {
    const [section] = read(text);
    expect(section?.problems).toHaveLength(1);
    expect(section?.get('pvid')).toBeUndefined();
    expect([...(section?.get('tagged') ?? [])]).toEqual([7]);
  });

  test('do not swallow indented lines that are keys', () => {
    expect(problemsOf('[a]\nname = x\n  pvid = 7\n  Tagged: 8\nother = 1\n  name=x')).toEqual([
      [
        ['indented-key', 2, 'a', 'pvid'],
        ['indented-key', 2, 'a', 'tagged'],
        ['unknown-key', 5, 'a', 'other', '1\nname=x'],
        ['indented-key', 5, 'a', 'name'],
      ],
    ]);
  });

  test('go on in the next line where they are lists', () => {
    const [section] = read('[a]\ntagged = 7\n  8-9\n\t10');
    expect([...(section?.get('tagged') ?? [])]).toEqual([7, 8, 9, 10]);
    expect(section?.problems).toEqual([]);
  });

  test('do not go on in the next line where they are names', () => {
    expect(problemsOf('[a]\nname = VM\n  1 = 2')).toEqual([[['wrong-value', 2, 'a', 'name', 'VM\n1 = 2']]]);
  });
});

describe('a comment behind a value', () => {
  test.each(['pvid = 5 # x', 'pvid = 5\t; x', 'tagged = 5 6  #x', 'name = VM 1 ;x'])(
    '%s: is no part of it, and an error',
    (line) => {
      const [key, value] = line.split(' = ');
      expect(problemsOf(`[a]\n${line}`)).toEqual([[['comment-in-value', 2, 'a', key, value]]]);
      expect(read(`[a]\n${line}`)[0]?.get(key as 'pvid')).toBeUndefined();
    },
  );

  test.each(['a#b', '#1', ';', 'a;b c#', '"x"#;'])('there is none in `name = %s`', (name) => {
    expect(read(`[a]\nname = ${name}`)[0]).toMatchObject({ problems: [] });
    expect(read(`[a]\nname = ${name}`)[0]?.get('name')).toBe(name);
  });
});

describe('text behind a header', () => {
  test.each([
    '[a] pvid = 5',
    '[a]pvid = 5',
    '[a] pvid = [5]',
    '[a] pvid: 5',
    '[a]# pvid = 5',
    '[a] # pvid = [5]',
  ])('%s: an error', (header) => {
    const text = header.replace(/^\[a\] ?/, '');
    expect(problemsOf(`${header}\ntagged = 7\n[b]`)).toEqual([
      [['text-behind-header', 1, 'a', ...(text.startsWith('pvid') ? ['pvid'] : [])]],
      [],
    ]);
  });

  test.each(['[a] # a comment', '[a]\t; one ['])('%s: a comment is none', (header) => {
    expect(conf(`${header}\npvid = 5`)).toMatchObject({
      problems: [],
      sections: [{ section: { name: 'a' } }],
    });
  });

  test.each(['a[0]', 'a]b', '[a', 'x = y: z # ;', 'a [b'])('[%s] is a name', (name) => {
    expect(conf(`[${name}]\npvid = 5`)).toMatchObject({ problems: [], sections: [{ section: { name } }] });
  });
});

describe('an empty value', () => {
  test('is the same as no line', () => {
    const [section] = read('[DEFAULT]\npvid =\nname =\ntagged =\n[a]\npvid =\nname=\ntagged:');
    expect(section?.problems).toEqual([]);
    for (const key of ['pvid', 'name', 'tagged'] as const)
      expect([section?.get(key), section?.entry(key), section?.isOwn(key)]).toEqual([
        undefined,
        undefined,
        false,
      ]);
  });

  test('of a list takes back what [DEFAULT] lists, as Python has it', () => {
    const [section] = read('[DEFAULT]\ntagged = 5\n[a]\ntagged =');
    expect(section?.problems).toEqual([]);
    expect(section?.get('tagged')).toEqual(new Set());
    expect([section?.entry('tagged')?.line, section?.isOwn('tagged')]).toEqual([4, false]);
  });

  test('of another key is an error where [DEFAULT] has a value', () => {
    expect(problemsOf('[DEFAULT]\npvid = 5\n[a]\npvid =\n[b]\npvid = 6')).toEqual([
      [['empty-value', 4, 'a', 'pvid', '']],
      [],
    ]);
    expect(read('[DEFAULT]\npvid = 5\n[a]\npvid =')[0]?.get('pvid')).toBeUndefined();
  });

  test('of an unknown key is none either', () => {
    expect(conf('[DEFAULT]\nbr-vids =\n[a]\ntaged =').problems).toEqual([]);
  });

  test('is a value where a file has no such rule', () => {
    const { sections } = readSections(readIni('[a]\nname =\npvid =', 'f'), KEYS, {
      ...RULES,
      skipsEmpty: false,
    });
    expect(sections[0]?.problems.map(inShort)).toEqual([
      ['wrong-value', 2, 'a', 'name', ''],
      ['wrong-value', 3, 'a', 'pvid', ''],
    ]);
  });
});

describe('what is wrong in [DEFAULT]', () => {
  test.each<[string, string, Record<string, number[]>]>([
    ['a wrong value', 'pvid = 5000', { a: [2], b: [], c: [2], d: [] }],
    ['two values', 'pvid = 5\npvid = 6', { a: [3], b: [], c: [3], d: [] }],
    ['a comment behind the value', 'pvid = 5 # x', { a: [2], b: [], c: [2], d: [] }],
    ['no =', 'pvid 5', { a: [2], b: [], c: [2], d: [] }],
    ['a key in the value of another', 'pvid = 5\n tagged = 6', { a: [2], b: [2], c: [2], d: [] }],
    ['an unknown key, which may be any', 'taged = 5', { a: [2], b: [2], c: [2], d: [2] }],
    ['no key at all', '5', { a: [2], b: [2], c: [2], d: [2] }],
    ["the file's own key", 'use = maybe', { a: [], b: [], c: [], d: [] }],
  ])('%s: concerns the sections that do not set it themselves', (_, lines, expected) => {
    const text = `[DEFAULT]\n${lines}\n[a]\nname = x\n[b]\npvid = 7\n[c]\ntagged = 7\n[d]\npvid = 7\ntagged = 7`;
    expect(concerned(text)).toEqual(expected);
    expect(conf(text)).toMatchObject({ hiding: [], outside: [{ level: 'error', section: 'DEFAULT' }] });
  });

  test('is a warning where no section inherits it', () => {
    const text = '[DEFAULT]\npvid = 5000\n[a]\npvid = 7';
    expect(conf(text).problems).toMatchObject([{ level: 'warning', place: { line: 2 } }]);
    expect(conf('[DEFAULT]\npvid = 5000').problems).toMatchObject([{ level: 'warning' }]);
    // These may be meant for anything.
    expect(conf('[DEFAULT]\ntaged = 5').problems).toMatchObject([{ level: 'error' }]);
    expect(conf('[DEFAULT]\nuse = maybe').problems).toMatchObject([{ level: 'error' }]);
  });

  test('is an error where [DEFAULT] is also for things without a section', () => {
    const rules = { ...RULES, isForOthers: true } as const;
    const { problems, defaults } = readSections(
      readIni('[DEFAULT]\npvid = 5000\n[a]\npvid = 7', 'f'),
      KEYS,
      rules,
    );
    expect(problems).toMatchObject([{ level: 'error' }]);
    expect(defaults.problems).toEqual(problems);
  });
});

describe('a line before the first section', () => {
  test('concerns the sections that would inherit it', () => {
    expect(concerned('pvid = 5\n[a]\nname = x\n[b]\npvid = 7')).toEqual({ a: [1], b: [] });
    expect(problemsOf('pvid = 5\n[a]')).toEqual([[['key-before-section', 1, 'pvid', '5']]]);
  });

  test('is an error though all sections set the key: it may be one of a section without a header', () => {
    const { problems, orphans } = conf('name = VM1\npvid = 5\n[b]\npvid = 7\nname = y');
    expect(problems).toMatchObject([
      { level: 'error', place: { line: 1 } },
      { level: 'error', place: { line: 2 } },
    ]);
    expect([orphans?.get('name'), orphans?.get('pvid')]).toEqual(['VM1', 5]);
  });

  test('may hide a section where it is no key', () => {
    expect(conf('veth0\n[a]').hiding).toMatchObject([{ place: { line: 1 } }]);
  });
});

test('all that is wrong in a file is told once, in its order', () => {
  const { problems } = conf('name = x\n[DEFAULT]\npvid = x\n[a]\n[c]\n[b\npvid = y');
  expect(problems.map(({ place }) => place.line)).toEqual([1, 3, 6, 7]);
});

test.each(['[b', 'b]'])('the broken header %s may hide a section, and begins one', (header) => {
  const ini = readIni(`[a]\npvid = 5\n${header}\npvid = 6`, 'f');
  expect(ini.sections.map(({ name, entries }) => [name, entries.get('pvid')?.value])).toEqual([
    ['a', '5'],
    ['b', '6'],
  ]);
  expect(ini.problems.map(inShort)).toEqual([['broken-header', 3]]);
});

test('an indented header may hide a section', () => {
  const { problems } = readIni('[a]\npvid = 5\n  [b]\n  pvid = 6', 'f');
  expect(problems.map(inShort)).toEqual([['indented-header', 3]]);
});
