import { Exit, KnownError } from '../../../../lib/model/known_error';
import { readCall } from '../../../../lib/model/libvirt/read_call';

/** What is said to arguments that are refused, and the exit status. */
function refusal(driver: string, ...args: string[]): [string, number] {
  try {
    readCall(driver, args);
  } catch (error) {
    if (error instanceof KnownError) return [error.message, error.code];
    throw error;
  }
  throw new Error('they were taken');
}

describe("libvirt's four arguments", () => {
  test.each([
    ['VM1'],
    ['Windows 10'],
    ['-'],
    ['--help'],
    ['-h'],
    ['--'],
    ['1e3'],
    ['0x10'],
    ['true'],
    ['..'],
    ['../../etc/passwd'],
    ['$(reboot)'],
    ['`reboot`'],
    ['a;b|c&d>e'],
    [`it's "quoted"`],
    ['a=b'],
    ['line\nend'],
    [''],
    ['日本🙂'],
    ['x'.repeat(4096)],
  ])('the object %j stays as it is', (object) => {
    const call = { driver: 'qemu', object, operation: 'start', suboperation: 'begin', extra: '-' };
    expect(readCall('qemu', [object, 'start', 'begin', '-'])).toEqual(call);
  });

  test.each(['from snapshot', '', '--', '../x'])('the last one, %j, stays as it is', (extra) => {
    expect(readCall('qemu', ['VM1', 'release', 'end', extra]).extra).toBe(extra);
  });
});

describe('is refused, and what came is shown', () => {
  test.each([
    [[], 'expected 4 arguments, got 0: none'],
    [['VM1'], 'expected 4 arguments, got 1: "VM1"'],
    [['VM1', 'start', 'begin'], 'expected 4 arguments, got 3: "VM1" "start" "begin"'],
    [['VM1', 'start', 'begin', '-', ''], 'expected 4 arguments, got 5: "VM1" "start" "begin" "-" ""'],
    [['a\nb', 'start'], 'expected 4 arguments, got 2: "a\\nb" "start"'],
  ])('%j', (args, message) => {
    expect(refusal('qemu', ...args)).toEqual([message, Exit.usage]);
  });

  test.each(['', '.', '..', 'a/b', '../start', 'a b', 'start\n', 'a.b', '$x', 'é'])(
    'the operation %j',
    (word) => {
      const message = `${JSON.stringify(word)} is not an operation`;
      expect(refusal('qemu', 'VM1', word, 'begin', '-')).toEqual([message, Exit.usage]);
      expect(refusal('qemu', 'VM1', 'start', word, '-')).toEqual([message, Exit.usage]);
    },
  );

  test('the name of another program', () => {
    expect(refusal('bhyve', 'VM1', 'start', 'begin', '-')).toEqual([
      'a dispatcher must be called daemon, qemu, lxc, libxl, network, not bhyve',
      Exit.usage,
    ]);
  });
});
