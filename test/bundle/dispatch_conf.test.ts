import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Hooks, sh } from './hooks';
import { readFileSync } from 'node:fs';

const call = ['VM1', 'stopped', 'end', '-'];
const three = {
  'qemu_stopped_end.d/10-first': sh('exit 1'),
  'qemu_stopped_end.d/20-second.sh': sh('sleep 1000'),
  'qemu_stopped_end.d/30-third': sh('echo "$#"'),
};

/** Notes that it was run. */
const TRACE = sh('basename "$0" >>"$LIBVIRT_HOOK_ROOT/ran"');
/** Scripts of a phase of qemu. */
const inPhase = (operation: string, scripts: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(scripts).map(([name, text]) => [`qemu_${operation}_begin.d/${name}`, text]),
  );

describe('dispatch.conf', () => {
  test.concurrent('the sample that is installed changes nothing', async () => {
    const sample = readFileSync(join(__dirname, '../../conf/dispatch.conf'), 'utf8');
    const hooks = new Hooks({ 'conf/dispatch.conf': sample, 'qemu_stopped_end.d/a': sh('echo "$#"') });
    expect(await hooks.call('qemu', call)).toMatchObject({
      status: 0,
      stderr: '',
      lines: [{ outcome: 'ok' }],
    });
    // And read without its comment signs it is right, too.
    hooks.write('conf/dispatch.conf', sample.replace(/^#(?=\[DEFAULT\]|[a-z-]+ = )/gm, ''));
    hooks.write('qemu_stopped_end.d/b', sh('exit 1'));
    const run = await hooks.call('qemu', call);
    expect(run).toMatchObject({
      status: 0,
      stderr: '',
      lines: [{ outcome: 'skipped' }, { outcome: 'skipped' }],
    });
    expect(await hooks.call('qemu', ['web1', 'stopped', 'end', '-'])).toMatchObject({ status: 1 });
  });

  test.concurrent('a key for each, [DEFAULT] for all, by the name less its extension', async () => {
    const hooks = new Hooks({
      ...three,
      'conf/dispatch.conf': [
        '[DEFAULT]',
        'on-failure = report',
        '[20-second]',
        'TIMEOUT: 1',
        '[30-third]',
        'args = libvirt',
        'enabled = yes',
        '',
      ].join('\n'),
    });
    const run = await hooks.call('qemu', call);
    expect(run).toMatchObject({
      status: 0,
      lines: [
        { outcome: 'failed', reason: 'exit 1' },
        { outcome: 'failed', reason: 'timed out after 1 s' },
        { outcome: 'ok' },
      ],
    });
    expect(run.ms).toBeLessThan(20_000);
    expect(hooks.read('logs/qemu_stopped_end_VM1_30-third.log')).toContain('\n4\n');
  });

  test.concurrent('enabled, guests: skipped with the reason', async () => {
    const conf = '[a]\nenabled = off\n[b]\nguests = web*, Windows 1?\n[c]\nguests = *\n[d]\nguests = [!V]*\n';
    const names = ['a', 'b', 'c', 'd', 'e'];
    const hooks = new Hooks({ 'conf/dispatch.conf': conf });
    for (const folder of ['qemu_stopped_end.d', 'daemon_reload.d']) {
      for (const name of names) hooks.write(`${folder}/${name}`, sh('exit 0'));
    }
    const others = 'dispatch.conf runs it only for other guests';
    const reasons = async (driver: string, words: string[]) =>
      (await hooks.call(driver, words)).lines.map(({ outcome, reason }) => reason ?? outcome);
    const disabled = 'dispatch.conf disables it';
    expect(await reasons('qemu', call)).toEqual([disabled, others, 'ok', others, 'ok']);
    expect(await reasons('qemu', ['Windows 10', 'stopped', 'end', '-'])).toEqual([
      disabled,
      'ok',
      'ok',
      'ok',
      'ok',
    ]);
    expect(await reasons('qemu', ['-', 'stopped', 'end', '-'])).toEqual([disabled, others, 'ok', 'ok', 'ok']);
    // The daemon is no guest.
    expect(await reasons('daemon', ['-', 'reload', 'begin', 'SIGHUP'])).toEqual([
      disabled,
      'ok',
      'ok',
      'ok',
      'ok',
    ]);
  });

  test.concurrent('log: overwrite or append', async () => {
    const hooks = new Hooks({
      'conf/dispatch.conf': '[a]\nlog = append\n',
      'qemu_stopped_end.d/a': sh('echo said'),
      'qemu_stopped_end.d/b': sh('echo said'),
    });
    for (let i = 0; i < 3; i++) await hooks.call('qemu', call);
    const count = (name: string) =>
      hooks.read(`logs/qemu_stopped_end_VM1_${name}.log`)?.match(/^said$/gm)?.length;
    expect([count('a'), count('b')]).toEqual([3, 1]);
  });

  test.concurrent.each([
    ['timeout = soon', 'seconds from 1 to 86400'],
    ['timeout = 0', 'seconds from 1 to 86400'],
    ['on-failure = explode', 'phase, abort, report'],
    ['args = all', 'kvmvlan, libvirt'],
    ['log = none', 'overwrite, append'],
    ['enabled = maybe', 'yes or no'],
    ['guests =', "guests' names and patterns (* ? [a-z]), separated by commas"],
  ])('`%s`: the script is not run, and that is a failure', async (line, allowed) => {
    const hooks = new Hooks({
      'conf/dispatch.conf': `[20-wrong]\n${line}\n[30-off]\nenabled = no\n`,
      ...inPhase('start', { '10-ok': TRACE, '20-wrong.sh': TRACE, '30-off': TRACE, '40-later': TRACE }),
    });
    const run = await hooks.call('qemu', ['VM1', 'start', 'begin', '-']);
    expect(run.status).toBe(1);
    expect(run.lines).toMatchObject([
      { outcome: 'ok' },
      { outcome: 'failed', status: null, log: null },
      { outcome: 'skipped', reason: 'dispatch.conf disables it' },
      { outcome: 'skipped', reason: '20-wrong.sh failed before it' },
    ]);
    expect(hooks.read('ran')).toBe('10-ok\n');
    const reason = run.lines[1]?.reason ?? '';
    expect(reason).toMatch(
      `not run: ${hooks.root}/conf/dispatch.conf:2: [20-wrong] ${line.split(' ')[0]} = `,
    );
    expect(reason).toMatch(` Allowed: ${allowed}. Correct the line; until then the script is not run.`);
    expect(run.stderr).toBe(`kvmvlan: ${hooks.root}/qemu_start_begin.d/20-wrong.sh: ${reason} (log: none)\n`);
  });

  test.concurrent('the rule of the phase counts, not on-failure of the wrong section', async () => {
    const conf = { 'conf/dispatch.conf': '[a]\non-failure = report\ntimeout = 0\n' };
    const ended = async (operation: string, sub: string, extra = conf) => {
      const hooks = new Hooks({ ...extra, [`qemu_${operation}_${sub}.d/a`]: TRACE });
      const { status, lines, stdout } = await hooks.call('qemu', ['VM1', operation, sub, '-']);
      expect([hooks.exists('ran'), stdout.length]).toEqual([false, 0]);
      expect(lines).toMatchObject([{ outcome: 'failed' }]);
      return status;
    };
    expect(await ended('prepare', 'begin')).toBe(1);
    expect(await ended('start', 'begin')).toBe(1);
    expect(await ended('migrate', 'begin')).toBe(1);
    expect(await ended('restore', 'begin')).toBe(1);
    expect(await ended('stopped', 'end')).toBe(1);
    // libvirt would kill a guest that runs.
    expect(await ended('started', 'begin')).toBe(0);
    expect(await ended('reconnect', 'begin')).toBe(0);
    expect(
      await ended('reconnect', 'begin', { 'conf/dispatch.conf': '[a]\non-failure = abort\nguests =\n' }),
    ).toBe(0);
  });

  test.concurrent('what an error does not concern is run, and the error is reported', async () => {
    const hooks = new Hooks({
      'conf/dispatch.conf': '[DEFAULT]\nguests =\n[a]\nguests = VM1\n[b]\ntimeout = 5\n[other]\nlog = x\n',
      ...inPhase('started', { a: TRACE, b: TRACE }),
    });
    const run = await hooks.call('qemu', ['VM1', 'started', 'begin', '-']);
    const file = `${hooks.root}/conf/dispatch.conf`;
    expect(run.lines).toMatchObject([
      { outcome: 'trouble', reason: expect.stringContaining(`${file}:8: [other] log = x: `) as string },
      { outcome: 'ok' },
      {
        outcome: 'failed',
        reason: expect.stringContaining(`not run: ${file}:2: [DEFAULT] guests = : `) as string,
      },
    ]);
    expect(hooks.read('ran')).toBe('a\n');
  });

  test.concurrent(
    'misspelt keys, lines that are none, doubled sections: each is told, and fails its script',
    async () => {
      const hooks = new Hooks({
        'conf/dispatch.conf':
          '[a]\ntimout = 5\nwhat is this\n[b]\nenabled = no\n[b]\nenabled = yes\n[c]\nlog = append\n',
        ...inPhase('started', { a: TRACE, b: TRACE, c: TRACE }),
      });
      const run = await hooks.call('qemu', ['VM1', 'started', 'begin', '-']);
      expect(run.status).toBe(0);
      const file = `${hooks.root}/conf/dispatch.conf`;
      expect(run.lines.map(({ outcome }) => outcome)).toEqual(['trouble', 'failed', 'failed', 'ok']);
      const [trouble, a, b] = run.lines.map(({ reason }) => reason ?? '');
      expect(trouble).toMatch(/conf:2: \[a\] timout = 5: unknown key\. .* Did you mean `timeout`\?$/);
      expect(a).toContain(
        `not run: ${file}:3: [a] what: "what is this" is neither a [section] nor a key = value.`,
      );
      expect(a).toMatch(/ \(and 1 more\)$/);
      expect(b).toContain(`not run: ${file}:6: [b]: line 4 already has a section with this name.`);
    },
  );

  test.concurrent('a broken header may be that of any script', async () => {
    const hooks = new Hooks({
      'conf/dispatch.conf': '[b\nguests = web*\n[a]\ntimeout = 5\n',
      ...inPhase('start', { a: TRACE, b: TRACE }),
    });
    const run = await hooks.call('qemu', ['VM1', 'start', 'begin', '-']);
    expect(run).toMatchObject({ status: 1, lines: [{ outcome: 'failed' }, { outcome: 'failed' }] });
    expect(hooks.exists('ran')).toBe(false);
  });

  test.concurrent('bundled plugins are refused like others', async () => {
    const hooks = new Hooks({ 'conf/dispatch.conf': '[vlan_filtering]\nguests =\n' });
    hooks.installPlugin('vlan_filtering', 'qemu_start_begin.d');
    const run = await hooks.call('qemu', ['VM1', 'start', 'begin', '-']);
    expect(run).toMatchObject({ status: 1, lines: [{ outcome: 'failed', log: null }] });
    expect(run.lines[0]?.reason).toContain('[vlan_filtering] guests = : empty.');
    expect(hooks.logs()).toEqual(['dispatch.log']);
  });

  test.concurrent.each([
    ['a FIFO', 'mkfifo "$1/conf/dispatch.conf"'],
    ['a folder', 'mkdir "$1/conf/dispatch.conf"'],
    ['a device without an end', 'ln -s /dev/zero "$1/conf/dispatch.conf"'],
    ['not UTF-8', 'printf "[a]\\nguests = \\377\\n" >"$1/conf/dispatch.conf"'],
    ['a link to itself', 'ln -s dispatch.conf "$1/conf/dispatch.conf"'],
  ])(
    'it is %s: no script is run, no phase waits for it, and reconnect does not fail',
    async (_what, make) => {
      for (const [operation, status] of [
        ['start', 1],
        ['reconnect', 0],
      ] as const) {
        const hooks = new Hooks(inPhase(operation, { a: TRACE }));
        mkdirSync(join(hooks.root, 'conf'));
        const run = await hooks.call('qemu', ['VM1', operation, 'begin', '-'], {
          through: ['/bin/sh', '-c', `${make}; shift; exec "$@"`, 'sh', hooks.root],
        });
        const file = `${hooks.root}/conf/dispatch.conf`;
        expect(run).toMatchObject({ status, hung: false, lines: [{ outcome: 'failed' }] });
        expect(run.lines[0]?.reason).toMatch(`not run: cannot read ${file}: `);
        expect(run.stderr).toContain(run.lines[0]?.reason);
        expect(hooks.exists('ran')).toBe(false);
      }
    },
  );
});
