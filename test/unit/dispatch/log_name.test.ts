import assert from 'node:assert/strict';
import { parse } from 'node:path';
import fc from 'fast-check';
import type { Script } from '../../../lib/dispatch/list_scripts';
import { logName } from '../../../lib/dispatch/log_name';

const RUNS = { numRuns: 1500 };

function script(name: string, layout: Script['layout'] = 'phase'): Script {
  return { name, path: `/${name}`, stem: parse(name).name, layout, skip: null };
}

/** The name of the log of a script in `qemu start begin`, beside others. */
function nameOf(object: string | Buffer, own: Script, siblings: readonly Script[] = [own]): string {
  const bytes = Buffer.from(object);
  const call = {
    driver: 'qemu',
    object: bytes.toString('utf8'),
    operation: 'start',
    suboperation: 'begin',
    extra: '-',
  };
  return logName(call, bytes, own, siblings);
}

// Little variety, so that names that could be taken for one another come up: objects and scripts with `_` in both.
const letter = fc.constantFrom(...'aab__..~%-5F é日/\n');
const object = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.string({ unit: letter, minLength: 1, maxLength: 8 }).map((text) => Buffer.from(text)),
  },
  { weight: 3, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 6 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.string({ unit: letter, minLength: 1, maxLength: 3 }), fc.integer({ min: 60, max: 300 }))
      .map(([text, times]) => Buffer.from(text.repeat(times))),
  },
);
const fileName = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: fc.constantFrom(...'aab__..-~é'), minLength: 1, maxLength: 8 }) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: fc.constantFrom('a', '_', 'é'), minLength: 90, maxLength: 127 }),
  },
);
const scripts = fc
  .uniqueArray(fc.tuple(fileName, fc.constantFrom<Script['layout']>('phase', 'phase', 'guest')), {
    minLength: 1,
    maxLength: 5,
    selector: ([name, layout]) => `${layout} ${name}`,
  })
  .map((list) => list.map(([name, layout]) => script(name, layout)));

describe("a script's log", () => {
  test.each([
    ['VM1', 'qemu_start_begin_VM1_vlan_filtering.log'],
    ['Windows 10', 'qemu_start_begin_Windows%2010_vlan_filtering.log'],
    ['web_1.example.org', 'qemu_start_begin_web_1.example.org_vlan_filtering.log'],
    ['Büro-日本', 'qemu_start_begin_Büro-日本_vlan_filtering.log'],
    ['../../etc', 'qemu_start_begin_..%2F..%2Fetc_vlan_filtering.log'],
    ['a\nb', 'qemu_start_begin_a%0Ab_vlan_filtering.log'],
    ['100%', 'qemu_start_begin_100%25_vlan_filtering.log'],
    ['🙂', 'qemu_start_begin_%F0%9F%99%82_vlan_filtering.log'],
    [Buffer.from([0x56, 0xff]), 'qemu_start_begin_V%FF_vlan_filtering.log'],
  ])('of %s is called %s', (guest, name) => {
    expect(nameOf(guest, script('vlan_filtering'))).toBe(name);
  });

  const labels = (...names: string[]): string[] => {
    const list = names.map((name) => ({
      ...script(name),
      skip: name.endsWith('.md') ? ({ code: 'not-executable' } as const) : null,
    }));
    return list.map((own) => nameOf('VM1', own, list).replace(/^qemu_start_begin_VM1_(.*)\.log$/, '$1'));
  };

  test.each([
    [['foo.sh'], ['foo']],
    [['vlan_filtering.py'], ['vlan_filtering']],
    [['a.b.sh'], ['a.b']],
    [['.x.sh'], ['.x']],
    [
      ['foo.sh', 'bar.sh', 'foo'],
      ['foo.sh', 'bar', 'foo'],
    ],
    [
      ['foo.sh', 'foo.py'],
      ['foo.sh', 'foo.py'],
    ],
    // What is skipped has no log.
    [
      ['foo.sh', 'foo.md'],
      ['foo', 'foo.md'],
    ],
    // With its extension the first would share one with the third.
    [
      ['foo.sh', 'foo.py', 'foo.sh.x'],
      ['foo.sh', 'foo.py', 'foo.sh.x'],
    ],
    [
      ['foo.sh', 'foo.sh.x'],
      ['foo', 'foo.sh'],
    ],
  ])('of %j names them %j: without the extension unless two would share it', (names, expected) => {
    expect(labels(...names)).toEqual(expected);
  });

  test('tells a script of the phase folder from one of the per-guest layout', () => {
    expect(nameOf('VM1', script('a', 'guest'))).toBe('qemu_start_begin_VM1_qemu.d.a.log');
  });

  test('of the daemon has no object in its name', () => {
    const call = { driver: 'daemon', object: '-', operation: 'start', suboperation: '-', extra: 'start' };
    const own = script('bridge_init');
    expect(logName(call, Buffer.from('-'), own, [own])).toBe('daemon_start_bridge_init.log');
  });

  test('is that of no other object and no other script', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(object, { minLength: 1, maxLength: 4, selector: (bytes) => bytes.toString('hex') }),
        scripts,
        (objects, list) => {
          const names = objects.flatMap((one) => list.map((own) => nameOf(one, own, list)));
          assert.equal(new Set(names).size, names.length, names.join('\n'));
        },
      ),
      RUNS,
    );
  });

  test('is that of no other where one name could end in the other', () => {
    const part = fc.string({ unit: fc.constantFrom(...'ab_%5F.'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(part, part, part, (guest, between, name) => {
        const list = [script(name), script(`${between}_${name}`)];
        const names = [guest, `${guest}_${between}`].flatMap((one) =>
          list.map((own) => nameOf(one, own, list)),
        );
        assert.equal(new Set(names).size, 4, names.join('\n'));
      }),
      RUNS,
    );
  });

  test('is a file name: at most 255 bytes, without / and control characters, and no hidden one', () => {
    fc.assert(
      fc.property(object, scripts, (one, list) => {
        for (const own of list) {
          const name = nameOf(one, own, list);
          assert.ok(Buffer.byteLength(name) <= 255, name);
          assert.match(name, /^qemu_start_begin_[^/\x00-\x1f]*\.log$/); // eslint-disable-line no-control-regex
        }
      }),
      RUNS,
    );
  });

  test('is the same each time', () => {
    fc.assert(
      fc.property(object, scripts, (one, list) => {
        for (const own of list)
          assert.equal(nameOf(one, own, list), nameOf(Buffer.from(one), own, [...list].reverse()));
      }),
      RUNS,
    );
  });
});
