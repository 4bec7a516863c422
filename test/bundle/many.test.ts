import { Hooks, sh } from './hooks';

describe('many at once', () => {
  test('64 hooks of 64 guests: each has its own input, log and outcome', async () => {
    const hooks = new Hooks({
      'qemu_started_begin.d/10-read': sh('grep -o "<name>.*</name>"; sleep 0.2'),
      'qemu_started_begin.d/20-daemon': sh('[ "$1" != guest7 ] || sleep 1000 &'),
      'qemu_started_begin.d/30-fail': sh('[ "$1" != guest9 ] || exit 3'),
    });
    const guests = Array.from({ length: 64 }, (_, i) => `guest${i}`);
    const runs = await Promise.all(
      guests.map((guest) =>
        hooks.call('qemu', [guest, 'started', 'begin', '-'], {
          input: `<domain><name>${guest}</name>${'<!-- -->'.repeat(20_000)}</domain>`,
          deadline: 80,
        }),
      ),
    );
    expect(await hooks.left()).toEqual([]);
    expect(runs.map(({ status }) => status)).toEqual(guests.map(() => 0));
    expect(Math.max(...runs.map(({ peakKb }) => peakKb))).toBeLessThan(150 * 1024);
    const lines = hooks.lines();
    expect(lines).toHaveLength(3 * 64);
    for (const guest of guests) {
      const [read, daemon, fail] = lines.filter(({ call }) => call[1] === guest);
      expect(read).toMatchObject({ script: '10-read', outcome: 'ok', reason: null });
      expect(daemon?.reason ?? '').toMatch(guest === 'guest7' ? /^it left a process behind/ : /^$/);
      expect(fail?.outcome).toBe(guest === 'guest9' ? 'failed' : 'ok');
      expect(hooks.read(`logs/qemu_started_begin_${guest}_10-read.log`)).toMatch(
        new RegExp(
          `^\\S+ 10-read: qemu ${guest} .*\\n<name>${guest}</name>\\n\\S+ 10-read: ok, in \\d+ ms\\n$`,
        ),
      );
    }
  });

  test('the same guest twice at once, and 8 times: every run is told, and none harms another', async () => {
    const hooks = new Hooks({
      'conf/dispatch.conf': '[b]\nlog = append\n',
      'qemu_reconnect_begin.d/a': sh('sleep 0.5; echo done'),
      'qemu_reconnect_begin.d/b': sh('echo said'),
    });
    for (const times of [2, 8]) {
      const before = hooks.lines().length;
      const calls = Array.from({ length: times }, () =>
        hooks.call('qemu', ['VM1', 'reconnect', 'begin', '-']),
      );
      const runs = await Promise.all(calls);
      expect(runs.map(({ status, stderr }) => `${status}${stderr}`)).toEqual(calls.map(() => '0'));
      const lines = hooks.lines().slice(before);
      expect(lines.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 2 * times }, () => 'ok'));
    }
    expect(hooks.read('logs/qemu_reconnect_begin_VM1_b.log')?.match(/^said$/gm)).toHaveLength(10);
    expect(await hooks.left()).toEqual([]);
  });

  test('dispatch.log is put aside once, by whichever of 16 comes first', async () => {
    const hooks = new Hooks({ 'qemu_stopped_end.d/a': sh('exit 0') });
    const old = `${JSON.stringify({ script: 'old' })}\n`;
    hooks.write('logs/dispatch.log', old.repeat(Math.ceil((4 * 1024 * 1024) / old.length)));
    await Promise.all(
      Array.from({ length: 16 }, (_, i) => hooks.call('qemu', [`g${i}`, 'stopped', 'end', '-'])),
    );
    const all = `${hooks.read('logs/dispatch.log.1')}${hooks.read('logs/dispatch.log')}`;
    expect(all.match(/"script":"a"/g)).toHaveLength(16);
    expect(hooks.lines().length).toBeLessThanOrEqual(16);
    expect(hooks.exists('logs/dispatch.log.rotating')).toBe(false);
  });
});
