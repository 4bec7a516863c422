import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hooks, sh, withoutNode } from './hooks';

const long = 'x'.repeat(200);
/** A guest's name, and how its log is called. */
const NAMES: readonly (readonly [name: string | Buffer, log: string | RegExp])[] = [
  ['Windows 10', 'Windows%2010'],
  ['-rf', '-rf'],
  ['--help', '--help'],
  ['-', '-'],
  ['..', '..'],
  ['../../etc/passwd', '..%2F..%2Fetc%2Fpasswd'],
  ['/etc/shadow', '%2Fetc%2Fshadow'],
  ['.hidden', '.hidden'],
  ['a\nb\n', 'a%0Ab%0A'],
  [`it's "quoted"`, 'it%27s%20%22quoted%22'],
  ['$(touch pwned)', '%24%28touch%20pwned%29'],
  ['`touch pwned`; touch pwned | touch pwned & #', /^%60touch%20pwned%60%3B.*%20%23$/],
  ['*', '%2A'],
  ['?[a-z]', '%3F%5Ba-z%5D'],
  ['%41', '%2541'],
  ['a=b#c', 'a=b%23c'],
  ['\\n', '%5Cn'],
  ['1e3', '1e3'],
  ['note.sh', 'note.sh'],
  ['übergröße-東京-Москва', 'übergröße-東京-Москва'],
  ['a\u0301 \u202e😀', 'a%CC%81%20%E2%80%AE%F0%9F%98%80'],
  [long, long],
  ['東'.repeat(80), /^東{5,}~[0-9a-f-]+$/],
  [`${' '.repeat(199)}a`, /^(%20){20,}~[0-9a-f-]+$/],
  [`${' '.repeat(199)}b`, /^(%20){20,}~[0-9a-f-]+$/],
  [Buffer.from([0x61, 0xff, 0xfe, 0x62]), 'a%FF%FEb'],
  [Buffer.from([0x61, 0xfe, 0xff, 0x62]), 'a%FE%FFb'],
];

describe('guest names are hostile', () => {
  const used = new Map<string, string>();

  test.concurrent.each(NAMES)('%j', async (name, log) => {
    const hooks = new Hooks({
      'qemu_start_begin.d/note.sh': sh(
        'printf %s "$1" >"$LIBVIRT_HOOK_ROOT/name"; printf %s "$LIBVIRT_HOOK_OBJECT" >"$LIBVIRT_HOOK_ROOT/var"',
      ),
      // Not for a guest called `..`.
      'start/begin': sh('touch "$LIBVIRT_HOOK_ROOT/escaped"'),
      'qemu.d/start/begin': sh('touch "$LIBVIRT_HOOK_ROOT/escaped"'),
    });
    const run = await hooks.call('qemu', [name, 'start', 'begin', '-']);
    expect(run).toMatchObject({
      status: 0,
      stderr: '',
      left: [],
      lines: [{ script: 'note.sh', outcome: 'ok' }],
    });
    const text = name.toString();
    expect([hooks.read('name'), hooks.read('var'), run.lines[0]?.call[1]]).toEqual([text, text, text]);
    expect(hooks.exists('escaped') || hooks.exists('pwned')).toBe(false);

    const logs = hooks.logs().filter((file) => file !== 'dispatch.log');
    expect(logs).toHaveLength(1);
    const [, object = ''] = /^qemu_start_begin_(.*)_note\.log$/s.exec(logs[0] ?? '') ?? [];
    if (typeof log === 'string') expect(object).toBe(log);
    else expect(object).toMatch(log);
    // One line each, whatever the name holds.
    expect(hooks.read(`logs/${logs[0]}`)?.split('\n')).toHaveLength(3);
    expect(used.get(object)).toBeUndefined();
    used.set(object, text);
  });

  test.concurrent.each(NAMES.filter(([name]) => typeof name === 'string'))(
    '%j in a phase that can kill it, with a script of its own name, one that fails and one in its own folder',
    async (name) => {
      const hooks = new Hooks({ 'qemu_reconnect_begin.d/fail': sh('echo "$1" >&2; exit 1') });
      const plain = name as string;
      const isFileName = !plain.includes('/') && !/^\.{0,2}$/.test(plain);
      if (isFileName) {
        const folder = join(hooks.root, 'qemu.d', plain, 'reconnect');
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, 'begin'), sh('exit 0'), { mode: 0o755 });
        writeFileSync(join(hooks.root, 'qemu_reconnect_begin.d', plain), sh('exit 0'), { mode: 0o755 });
      }
      const run = await hooks.call('qemu', [plain, 'reconnect', 'begin', '-']);
      expect(run).toMatchObject({ status: 0, left: [] });
      expect(run.stderr.split('\n')).toHaveLength(2);
      const ran = run.lines.filter(({ outcome }) => outcome === 'ok');
      expect(ran).toHaveLength(!isFileName ? 0 : plain.startsWith('.') ? 1 : 2);
    },
  );

  test.concurrent('node is gone: what sh itself writes is one line of JSON', async () => {
    for (const name of ['a"b\\', 'a\nb', '$(touch pwned)', '*', '%s%n']) {
      const hooks = new Hooks({ 'qemu_reconnect_begin.d/x': sh('exit 0') });
      hooks.write('qemu', withoutNode(hooks.read('qemu') ?? ''));
      const run = await hooks.call('qemu', [name, 'reconnect', 'begin', '-'], { env: { PATH: '/no' } });
      expect(run).toMatchObject({
        status: 0,
        lines: [{ outcome: 'trouble', call: ['qemu', '?', 'reconnect', 'begin', '-'] }],
      });
    }
  });
});

describe('log names', () => {
  test.concurrent('scripts whose names differ by extension only have a log each, and one conf', async () => {
    const hooks = new Hooks({
      'qemu_stopped_end.d/a': sh('echo "$2"'),
      'qemu_stopped_end.d/a.py': sh('echo "$2"'),
      'qemu_stopped_end.d/a.sh': sh('echo "$2"'),
      'qemu_stopped_end.d/a.b.sh': sh('echo "$2"'),
    });
    await hooks.call('qemu', ['VM1', 'stopped', 'end', '-']);
    const logs = ['a', 'a.py', 'a.sh', 'a.b'].map((name) =>
      hooks.read(`logs/qemu_stopped_end_VM1_${name}.log`),
    );
    const confs = logs.map((text) => text?.split('\n')[1]?.slice(hooks.root.length));
    expect(confs).toEqual(['/conf/a.conf', '/conf/a.conf', '/conf/a.conf', '/conf/a.b.conf']);
  });

  test.concurrent('guest a_b with script c is not guest a with script b_c', async () => {
    const hooks = new Hooks({ 'qemu_stopped_end.d/c': sh('exit 0'), 'qemu_stopped_end.d/b_c': sh('exit 0') });
    for (const guest of ['a', 'a_b']) await hooks.call('qemu', [guest, 'stopped', 'end', '-']);
    expect(hooks.logs().filter((name) => name !== 'dispatch.log')).toHaveLength(4);
  });

  test.concurrent('a guest of 200 bytes and a script of 200 bytes', async () => {
    const scripts = [`${'s'.repeat(200)}1`, `${'s'.repeat(200)}2`];
    const hooks = new Hooks(
      Object.fromEntries(scripts.map((name) => [`qemu_stopped_end.d/${name}`, sh('exit 0')])),
    );
    for (const guest of [`${long}1`, `${long}2`]) {
      expect(await hooks.call('qemu', [guest, 'stopped', 'end', '-'])).toMatchObject({
        status: 0,
        lines: [
          { outcome: 'ok', reason: null },
          { outcome: 'ok', reason: null },
        ],
      });
    }
    expect(hooks.logs()).toHaveLength(5);
  });
});
