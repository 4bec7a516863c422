import * as parser from '../../../../lib/model/guest/parse_domain';
import { Exit, KnownError } from '../../../../lib/model/known_error';
import {
  MAX_STATUS_LENGTH,
  readRunningGuest,
  readRunningGuests,
  STATUS_FOLDER,
} from '../../../../lib/system/libvirt/read_guests';

const guest = (name: string): string =>
  `<domstatus state='running'><domain><name>${name}</name><devices/></domain></domstatus>`;

/** Status files by guest; a function throws instead. */
function folder(files: Readonly<Record<string, string | (() => string)>>) {
  return {
    readFolder: () => [...Object.keys(files).map((name) => `${name}.xml`), 'x.pid', 'driver.pid'],
    readText(path: string): string | null {
      const text = files[path.slice(STATUS_FOLDER.length + 1, -'.xml'.length)];
      return typeof text === 'function' ? text() : (text ?? null);
    },
  };
}

function names(files: Parameters<typeof folder>[0]): string[] {
  return readRunningGuests(folder(files)).domains.map(({ name }) => name);
}

describe('whatever is wrong with one guest, the others are read', () => {
  const around = (broken: string | (() => string)) =>
    readRunningGuests(folder({ a: guest('a'), broken, c: guest('c') }));

  test.each<[string, string | (() => string), object]>([
    [
      'its XML',
      '<domstatus',
      {
        code: 'not-readable',
        message: `${STATUS_FOLDER}/broken.xml: the domain XML is not well-formed: line 1: the text ends in a start tag.`,
      },
    ],
    ['no guest is in it', '<domstatus/>', { code: 'not-readable' }],
    [
      'its file',
      () => {
        throw new KnownError('it is not UTF-8 text', 'x');
      },
      { code: 'not-readable', message: `${STATUS_FOLDER}/broken.xml: it is not UTF-8 text.` },
    ],
    [
      'its length',
      guest('x'.repeat(MAX_STATUS_LENGTH)),
      { code: 'not-readable', message: `${STATUS_FOLDER}/broken.xml: it is longer than 8388608 characters.` },
    ],
    [
      'a RangeError of V8',
      () => {
        throw new RangeError('Invalid string length');
      },
      {
        code: 'bug',
        message: `${STATUS_FOLDER}/broken.xml: guest broken cannot be read because of a bug in kvmvlan: Invalid string length.`,
      },
    ],
    [
      'what is no error at all',
      () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error
        throw 'text';
      },
      { code: 'bug' },
    ],
  ])('%s', (_, broken, problem) => {
    const { domains, problems } = around(broken);
    expect(domains.map(({ name }) => name)).toEqual(['a', 'c']);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      level: 'error',
      guest: 'broken',
      file: `${STATUS_FOLDER}/broken.xml`,
      ...problem,
    });
  });

  test('a bug of the reader itself', () => {
    const spy = jest.spyOn(parser, 'parseDomain').mockImplementationOnce(() => {
      throw new TypeError('x is undefined');
    });
    const { domains, problems } = readRunningGuests(folder({ a: guest('a'), b: guest('b') }));
    spy.mockRestore();
    expect(domains.map(({ name }) => name)).toEqual(['b']);
    expect(problems).toMatchObject([{ guest: 'a', code: 'bug' }]);
  });

  test('its metadata are no reason not to read it', () => {
    const hostile = guest('b').replace(
      '<devices/>',
      `<metadata><x:y z:a='1'>&foo;</x:y></metadata><devices/>`,
    );
    expect(names({ a: guest('a'), b: hostile })).toEqual(['a', 'b']);
  });
});

test('a guest that stopped in between is left out, and so is what is no status file', () => {
  expect(readRunningGuests({ ...folder({ a: guest('a') }), readText: () => null })).toEqual({
    domains: [],
    problems: [],
    unread: [],
  });
  expect(names({ a: guest('a') })).toEqual(['a']);
});

test('that it takes root is said once', () => {
  const denied = (): never => {
    throw new KnownError('x', 'x', Exit.failed, 'access-denied');
  };
  expect(readRunningGuests(folder({ a: denied, b: denied })).problems).toMatchObject([
    { level: 'error', code: 'guests-for-root-only' },
  ]);
});

test('one guest: too long a file is an error', () => {
  const io = folder({ a: guest('a'), long: guest('x'.repeat(MAX_STATUS_LENGTH)) });
  expect(readRunningGuest('a', io)?.name).toBe('a');
  expect(readRunningGuest('none', io)).toBeNull();
  expect(() => readRunningGuest('long', io)).toThrow('longer than');
  expect(() => readRunningGuest('../a', io)).toThrow('cannot be the name of a guest');
});
