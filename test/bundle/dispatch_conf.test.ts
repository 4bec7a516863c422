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
    const others = 'dispatch.conf has it run for others only';
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
  ])('broken: `%s` is reported, and counts as absent', async (line, allowed) => {
    const hooks = new Hooks({
      'conf/dispatch.conf': `[10-fail]\non-failure = report\n${line}\n[20-off]\nenabled = no\n`.replace(
        line.startsWith('on-failure') ? 'on-failure = report\n' : '\n\n',
        '\n',
      ),
      'qemu_start_begin.d/10-fail': sh('exit 1'),
      'qemu_start_begin.d/20-off': sh('exit 1'),
    });
    const run = await hooks.call('qemu', ['VM1', 'start', 'begin', '-']);
    // The readable parts count: the failure is only reported, the second script is off.
    expect(run.status).toBe(line.startsWith('on-failure') ? 1 : 0);
    expect(run.lines).toMatchObject([{ outcome: 'trouble' }, { outcome: 'failed' }, { outcome: 'skipped' }]);
    const key = line.split(' ')[0] ?? '';
    expect(run.lines[0]?.reason).toMatch(`${hooks.root}/conf/dispatch.conf:`);
    expect(run.lines[0]?.reason).toContain(`[10-fail] ${key} = `);
    expect(run.lines[0]?.reason).toContain(
      ` Allowed: ${allowed}. Correct the line; until then it counts as absent.`,
    );
    expect(run.stderr).toContain(`kvmvlan: ${run.lines[0]?.reason}\n`);
  });

  test.concurrent(
    'misspelt keys, lines that are none, doubled sections: each reported, the rest counts',
    async () => {
      const hooks = new Hooks({
        'conf/dispatch.conf':
          'lost = 1\n[a]\ntimout = 5\nwhat is this\n[b]\nenabled = no\n[b]\nenabled = yes\n',
        'qemu_started_begin.d/a': sh('exit 0'),
        'qemu_started_begin.d/b': sh('exit 0'),
      });
      const run = await hooks.call('qemu', ['VM1', 'started', 'begin', '-']);
      expect(run.status).toBe(0);
      const file = `${hooks.root}/conf/dispatch.conf`;
      const reasons = run.lines.filter(({ outcome }) => outcome === 'trouble').map(({ reason }) => reason);
      expect(reasons.join('\n')).toContain(`${file}:1: "lost = 1" stands before the first section.`);
      expect(reasons.join('\n')).toContain(`${file}:3: [a] timout = 5: unknown key.`);
      expect(reasons.join('\n')).toContain('Did you mean `timeout`?');
      expect(reasons.join('\n')).toMatch(
        /conf:4: \[a\].* "what is this" is neither a \[section\] nor a key = value\./,
      );
      expect(reasons.join('\n')).toContain(`${file}:7: [b]: a section of this name is at line 5 already.`);
      expect(run.lines.slice(-2)).toMatchObject([{ outcome: 'ok' }, { outcome: 'skipped' }]);
    },
  );

  test.concurrent.each([
    ['a FIFO', 'mkfifo "$1/conf/dispatch.conf"'],
    ['a folder', 'mkdir "$1/conf/dispatch.conf"'],
    ['a device without an end', 'ln -s /dev/zero "$1/conf/dispatch.conf"'],
    ['not UTF-8', 'printf "[a]\\nguests = \\377\\n" >"$1/conf/dispatch.conf"'],
    ['a link to itself', 'ln -s dispatch.conf "$1/conf/dispatch.conf"'],
  ])('it is %s: reported, and no phase fails or waits for it', async (_what, make) => {
    for (const [operation, sub] of [
      ['start', 'begin'],
      ['reconnect', 'begin'],
    ] as const) {
      const hooks = new Hooks({ [`qemu_${operation}_${sub}.d/a`]: sh('exit 0') });
      mkdirSync(join(hooks.root, 'conf'));
      const run = await hooks.call('qemu', ['VM1', operation, sub, '-'], {
        through: ['/bin/sh', '-c', `${make}; shift; exec "$@"`, 'sh', hooks.root],
      });
      expect(run).toMatchObject({
        status: 0,
        hung: false,
        lines: [{ outcome: 'trouble' }, { outcome: 'ok' }],
      });
      expect(run.stderr).toMatch(`kvmvlan: cannot read ${hooks.root}/conf/dispatch.conf: `);
    }
  });
});
