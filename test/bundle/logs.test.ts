import { lstatSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hooks, isRoot, sh } from './hooks';
import { FULL, withMounts } from './mounts';

const forRoot = isRoot ? test.concurrent : test.concurrent.skip;
const PHASES = [
  { phase: 'start', sub: 'begin', fault: 0 },
  { phase: 'stopped', sub: 'end', fault: 0 },
  { phase: 'reconnect', sub: 'begin', fault: 0 },
];
const LOG = (phase: string, sub: string): string => `logs/qemu_${phase}_${sub}_VM1_10-say.log`;

function withScripts(phase: string, sub: string): Hooks {
  return new Hooks({
    [`qemu_${phase}_${sub}.d/10-say`]: sh('echo said; touch "$LIBVIRT_HOOK_ROOT/ran1"'),
    [`qemu_${phase}_${sub}.d/20-next`]: sh('touch "$LIBVIRT_HOOK_ROOT/ran2"'),
  });
}

describe.each(PHASES)('in $phase: no log stops a script', ({ phase, sub }) => {
  const call = ['VM1', phase, sub, '-'];
  const allRan = (hooks: Hooks): boolean => hooks.exists('ran1') && hooks.exists('ran2');

  test.concurrent('the folder is missing: it is made, closed to others', async () => {
    const hooks = withScripts(phase, sub);
    expect(await hooks.call('qemu', call)).toMatchObject({
      status: 0,
      stderr: '',
      lines: [{ reason: null }, {}],
    });
    expect(statSync(join(hooks.root, 'logs')).mode & 0o777).toBe(0o750);
    expect(hooks.logs().map((name) => statSync(join(hooks.root, 'logs', name)).mode & 0o777)).toEqual([
      0o640, 0o640, 0o640,
    ]);
  });

  test.concurrent('a file is in its place', async () => {
    const hooks = withScripts(phase, sub);
    hooks.write('logs', 'no folder');
    const run = await hooks.call('qemu', call);
    expect(run).toMatchObject({ status: 0, left: [] });
    // Once, not for each script.
    expect(run.stderr).toMatch(/^kvmvlan: cannot write .*\/logs\/dispatch.log: E[A-Z]+: .*\n$/);
    expect(allRan(hooks)).toBe(true);
  });

  forRoot('the folder is read-only', async () => {
    const hooks = withScripts(phase, sub);
    hooks.write('logs/before', '');
    const run = await hooks.call('qemu', call, {
      through: withMounts(
        hooks.root,
        'mount --bind "$1/logs" "$1/logs" && mount -o remount,bind,ro "$1/logs"',
      ),
    });
    expect(run).toMatchObject({ status: 0, left: [], lines: [] });
    expect(run.stderr).toMatch(/^kvmvlan: cannot write .*\/logs\/dispatch.log: EROFS: .*\n$/);
    expect(allRan(hooks)).toBe(true);
  });

  forRoot('the disk is full', async () => {
    const hooks = withScripts(phase, sub);
    const run = await hooks.call('qemu', call, { through: withMounts(hooks.root, FULL('$1/logs')) });
    expect(run).toMatchObject({ status: 0, left: [] });
    expect(run.stderr).toMatch(/^kvmvlan: cannot write .*\/logs\/dispatch.log: ENOSPC: .*\n$/);
    expect(allRan(hooks)).toBe(true);
  });

  test.concurrent.each([
    ['a symbolic link', 'ln -s "$1/victim" "$2"', 'it is a symbolic link'],
    ['a dangling link', 'ln -s "$1/new" "$2"', 'it is a symbolic link'],
    ['a FIFO', 'mkfifo "$2"', 'it is a FIFO'],
    [
      'a FIFO that somebody reads',
      'mkfifo "$2"; sleep 3 <>"$2" >/dev/null 2>&1 &',
      'it is not a regular file',
    ],
    ['a folder', 'mkdir "$2"', 'EISDIR'],
  ])("the script's log is %s: nothing is written there", async (_what, make, why) => {
    const hooks = withScripts(phase, sub);
    hooks.write('victim', 'precious');
    hooks.write('logs/before', '');
    const path = join(hooks.root, LOG(phase, sub));
    const run = await hooks.call('qemu', call, {
      through: ['/bin/sh', '-c', `${make}\nshift 2; exec "$@"`, 'sh', hooks.root, path],
    });
    expect(run).toMatchObject({ status: 0, stderr: '', lines: [{ outcome: 'ok' }, { outcome: 'ok' }] });
    expect(run.lines[0]?.reason).toContain(`cannot write ${path}: ${why}`);
    expect(hooks.read('victim')).toBe('precious');
    expect(hooks.exists('new')).toBe(false);
    expect(allRan(hooks)).toBe(true);
  });

  test.concurrent.each([
    ['a symbolic link', 'ln -s "$1/victim" "$2"'],
    ['a FIFO', 'mkfifo "$2"'],
  ])('dispatch.log is %s', async (_what, make) => {
    const hooks = withScripts(phase, sub);
    hooks.write('victim', 'precious');
    hooks.write('logs/before', '');
    const run = await hooks.call('qemu', call, {
      // The lines would be read from the FIFO, which the test does not.
      through: [
        '/bin/sh',
        '-c',
        `${make}\nroot=$1 log=$2; shift 2; "$@"; status=$?; rm "$log"; exit $status`,
        'sh',
        hooks.root,
        join(hooks.root, 'logs/dispatch.log'),
      ],
    });
    expect(run).toMatchObject({ status: 0, hung: false, left: [] });
    expect(run.stderr).toMatch(/^kvmvlan: cannot write .*\/logs\/dispatch.log: .*\n$/);
    expect(hooks.read('victim')).toBe('precious');
    expect(allRan(hooks)).toBe(true);
  });
});

describe('every place for temporary files is full, or not there', () => {
  const places = (commands: string): string =>
    ['/run', '/dev/shm', '/tmp'].map((place) => commands.replaceAll('PLACE', place)).join('; ');

  forRoot.each([
    ['full', FULL('PLACE')],
    ['read-only', 'mkdir -p "PLACE"; mount -t tmpfs -o ro none "PLACE"'],
  ])('%s: scripts run all the same, with their input, output and time limit', async (_what, commands) => {
    for (const [operation, sub] of [
      ['prepare', 'begin'],
      ['reconnect', 'begin'],
    ] as const) {
      const hooks = new Hooks({
        'conf/dispatch.conf': '[30-hang]\ntimeout = 1\non-failure = report\n',
        [`qemu_${operation}_${sub}.d/10-read`]: sh('grep -c "<interface"; echo to stderr >&2'),
        [`qemu_${operation}_${sub}.d/20-never-reads`]: sh('exit 0'),
        [`qemu_${operation}_${sub}.d/30-hang`]: sh('setsid sleep 1000'),
        [`qemu_${operation}_${sub}.d/40-daemon`]: sh('setsid sleep 1000 &'),
      });
      const input = `<domain>${'<interface/>\n'.repeat(100_000)}</domain>`;
      const run = await hooks.call('qemu', ['VM1', operation, sub, '-'], {
        input,
        through: withMounts(hooks.root, places(commands)),
      });
      expect(run).toMatchObject({ status: 0, left: [] });
      expect(run.lines).toMatchObject([
        { outcome: 'ok', reason: expect.stringContaining('without mkfifo') as string },
        { outcome: 'ok' },
        {
          outcome: 'failed',
          reason: expect.stringMatching(/^timed out after 1 s; .*left a process behind/) as string,
        },
        { outcome: 'ok', reason: expect.stringContaining('left a process behind') as string },
      ]);
      expect(hooks.read(`logs/qemu_${operation}_${sub}_VM1_10-read.log`)).toMatch(
        /\n(100000\nto stderr|to stderr\n100000)\n/,
      );
    }
  });

  forRoot('a filter filters', async () => {
    const hooks = new Hooks({ 'qemu_migrate_begin.d/a': sh('sed s/VM1/VM2/; echo said >&2') });
    const run = await hooks.call('qemu', ['VM1', 'migrate', 'begin', '-'], {
      input: '<domain><name>VM1</name></domain>',
      through: withMounts(hooks.root, places(FULL('PLACE'))),
    });
    expect(run).toMatchObject({ status: 0, left: [] });
    expect(run.stdout.toString()).toBe('<domain><name>VM2</name></domain>');
  });
});

describe('dispatch.log', () => {
  test.concurrent('is put aside by size', async () => {
    const hooks = new Hooks({ 'qemu_stopped_end.d/a': sh('exit 0') });
    const line = `${JSON.stringify({ time: 't', call: [], script: 'old' })}\n`;
    hooks.write('logs/dispatch.log', line.repeat(Math.ceil((4 * 1024 * 1024) / line.length)));
    await hooks.call('qemu', ['VM1', 'stopped', 'end', '-']);
    expect(hooks.lines()).toMatchObject([{ script: 'a', outcome: 'ok' }]);
    expect(hooks.read('logs/dispatch.log.1')?.length).toBeGreaterThan(4 * 1024 * 1024);
    // A second time over the first; a marker that somebody left behind is no obstacle for ever.
    const marker = join(hooks.root, 'logs/dispatch.log.rotating');
    hooks.write('logs/dispatch.log', line.repeat(Math.ceil((4 * 1024 * 1024) / line.length)));
    writeFileSync(marker, '');
    expect(await hooks.call('qemu', ['VM1', 'stopped', 'end', '-'])).toMatchObject({
      lines: [{ script: 'a' }],
    });
    utimesSync(marker, 1, 1);
    await hooks.call('qemu', ['VM1', 'stopped', 'end', '-']);
    await hooks.call('qemu', ['VM1', 'stopped', 'end', '-']);
    expect(hooks.lines()).toMatchObject([{ script: 'a' }]);
  });

  test.concurrent('four full ones are kept, and the fifth goes', async () => {
    const hooks = new Hooks({ 'qemu_stopped_end.d/a': sh('exit 0') });
    for (const round of [1, 2, 3, 4, 5, 6]) {
      const line = `${JSON.stringify({ time: 't', call: [], script: `round ${round}` })}\n`;
      hooks.write('logs/dispatch.log', line.repeat(Math.ceil((4 * 1024 * 1024) / line.length)));
      await hooks.call('qemu', ['VM1', 'stopped', 'end', '-']);
    }
    const rounds = [1, 2, 3, 4].map(
      (n) => /"script":"(round \d)"/.exec(hooks.read(`logs/dispatch.log.${n}`) ?? '')?.[1],
    );
    expect(rounds).toEqual(['round 6', 'round 5', 'round 4', 'round 3']);
    expect(hooks.lines()).toMatchObject([{ script: 'a', outcome: 'ok' }]);
    expect(hooks.logs().filter((name) => name.startsWith('dispatch.log'))).toHaveLength(5);
  });

  test.concurrent('a reason is cut at 4 KiB, there and on stderr', async () => {
    const hooks = new Hooks({ 'qemu_start_begin.d/a': sh('printf "%05000d" 7 >&2; exit 3') });
    const run = await hooks.call('qemu', ['VM1', 'start', 'begin', '-']);
    expect(run.status).toBe(1);
    const reason = run.lines[0]?.reason ?? '';
    expect(reason).toMatch(/^exit 3: 0+ … \(cut, 4106 bytes\)$/);
    expect(Buffer.byteLength(reason)).toBe(4096);
    expect(run.stderr).toContain(reason);
  });

  test.concurrent('a line that was cut off does not spoil the next', async () => {
    const hooks = new Hooks({ 'qemu_stopped_end.d/a': sh('exit 0') });
    hooks.write('logs/dispatch.log', '{"time":"20');
    const run = await hooks.call('qemu', ['VM1', 'stopped', 'end', '-']);
    expect(run).toMatchObject({ status: 0, lines: [{ script: 'a', outcome: 'ok' }] });
    expect(hooks.read('logs/dispatch.log')).toMatch(/^{"time":"20\n{"time":"2.*}\n$/);
  });

  test.concurrent('the logs may be elsewhere: a link to a folder is followed', async () => {
    const hooks = new Hooks({ 'qemu_stopped_end.d/a': sh('exit 0'), 'elsewhere/x': '' });
    symlinkSync('elsewhere', join(hooks.root, 'logs'));
    expect(await hooks.call('qemu', ['VM1', 'stopped', 'end', '-'])).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(join(hooks.root, 'elsewhere/dispatch.log'), 'utf8')).toContain('"script":"a"');
    expect(lstatSync(join(hooks.root, 'logs')).isSymbolicLink()).toBe(true);
  });
});

test.concurrent(
  'logs that nobody has written for 90 days go when the daemon starts, and nothing else',
  async () => {
    const hooks = new Hooks({ 'daemon_start.d/script': sh('true') });
    const days = (count: number): Date => new Date(Date.now() - count * 86_400_000);
    const files = {
      'qemu_start_begin_gone_vlan_filtering.log': 91,
      'network_started_begin_lan_bridge_init.log': 400,
      'qemu_start_begin_here_vlan_filtering.log': 89,
      'qemu_notes.log': 400,
      'qemu_start_begin_notes.txt': 400,
    };
    for (const [name, age] of Object.entries(files)) {
      hooks.write(`logs/${name}`, '');
      utimesSync(join(hooks.root, 'logs', name), days(age), days(age));
    }
    symlinkSync('qemu_notes.log', join(hooks.root, 'logs/qemu_start_begin_link.log'));
    // Modular daemons start side by side.
    const runs = await Promise.all([1, 2, 3].map(() => hooks.call('daemon', ['-', 'start', '-', 'start'])));
    for (const run of runs) expect(run).toMatchObject({ status: 0, stderr: '' });
    const kept = hooks.logs().filter((name) => !/^(dispatch|daemon_start_script)\.log$/.test(name));
    expect(kept).toEqual(
      isRoot
        ? [
            'qemu_notes.log',
            'qemu_start_begin_here_vlan_filtering.log',
            'qemu_start_begin_link.log',
            'qemu_start_begin_notes.txt',
          ]
        : [...Object.keys(files), 'qemu_start_begin_link.log'].sort(),
    );
  },
);

describe('the name of a log', () => {
  test.concurrent('is the phase, the guest and the script less its extension, for links too', async () => {
    const hooks = new Hooks({
      'qemu_started_begin.d/something_to_do_on_start.sh': sh('echo "$LIBVIRT_HOOK_LOG"'),
      'qemu_stopped_end.d/two.sh': sh('echo sh'),
      'qemu_stopped_end.d/two.py': sh('echo py'),
      'qemu_stopped_end.d/two.txt': 'skipped',
      'daemon_start.d/bridge_init.py': sh('echo "$1"'),
    });
    const link = join(hooks.root, 'qemu_stopped_end.d/something_to_do_on_start.sh');
    symlinkSync(join(hooks.root, 'qemu_started_begin.d/something_to_do_on_start.sh'), link);
    await hooks.call('qemu', ['VM1', 'started', 'begin', '-']);
    await hooks.call('qemu', ['VM1', 'stopped', 'end', '-']);
    await hooks.call('daemon', ['-', 'start', '-', 'start']);
    expect(hooks.logs()).toEqual([
      'daemon_start_bridge_init.log',
      'dispatch.log',
      'qemu_started_begin_VM1_something_to_do_on_start.log',
      'qemu_stopped_end_VM1_something_to_do_on_start.log',
      'qemu_stopped_end_VM1_two.py.log',
      'qemu_stopped_end_VM1_two.sh.log',
    ]);
    for (const phase of ['started_begin', 'stopped_end']) {
      const name = `logs/qemu_${phase}_VM1_something_to_do_on_start.log`;
      expect(hooks.read(name)).toContain(`\n${hooks.root}/${name}\n`);
    }
  });
});
