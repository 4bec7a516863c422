import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JOURNAL_KINDS } from '../../lib/system/log/journal_kinds';
import { Hooks, installed, isRoot, sh } from './hooks';
import { withMounts } from './mounts';

/** Only root can put a socket where journald has its own. */
const forRoot = isRoot ? describe : describe.skip;

const started: ChildProcess[] = [];
afterAll(() => started.forEach((child) => child.kill()));

/** Words that run a hook where \`<root>/journal\` is journald's folder. */
async function withJournal(hooks: Hooks): Promise<string[]> {
  const folder = join(hooks.root, 'journal');
  mkdirSync(folder);
  started.push(spawn('python3', [join(__dirname, 'journald.py'), folder], { stdio: 'inherit' }));
  while (!existsSync(join(folder, 'socket'))) await new Promise((resolve) => setTimeout(resolve, 20));
  chmodSync(join(folder, 'socket'), 0o666);
  return withMounts(
    hooks.root,
    'mkdir -p /run/systemd; mount -t tmpfs none /run/systemd; mkdir /run/systemd/journal; mount --bind "$1/journal" /run/systemd/journal',
  );
}

async function entries(hooks: Hooks, count: number): Promise<Record<string, string>[]> {
  const read = (): Record<string, string>[] =>
    readFileSync(join(hooks.root, 'journal/entries'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, string>);
  for (let i = 0; i < 50 && read().length < count; i++)
    await new Promise((resolve) => setTimeout(resolve, 40));
  return read();
}

const TIMED_OUT = JOURNAL_KINDS['hook-timed-out'].id;
const COMMON = { PRIORITY: '3', SYSLOG_FACILITY: '3', SYSLOG_IDENTIFIER: 'kvmvlan' };

forRoot('what libvirt does not show is in the journal', () => {
  test.concurrent.each([
    ['started', 0],
    ['reconnect', 0],
  ])('a script that fails in %s, with its guest, phase and name', async (operation, status) => {
    const hooks = new Hooks({ [`qemu_${operation}_begin.d/10-fail.sh`]: sh('echo no room >&2; exit 3') });
    const through = await withJournal(hooks);
    const run = await hooks.call('qemu', ['VM 1', operation, 'begin', '-'], { through });
    expect(run.status).toBe(status);
    expect(await entries(hooks, 1)).toEqual([
      {
        ...COMMON,
        MESSAGE: expect.stringMatching(
          new RegExp(`^qemu VM 1 ${operation} begin: ${hooks.root}/.*/10-fail.sh: exit 3: no room \\(log: /`),
        ) as string,
        KVMVLAN_GUEST: 'VM 1',
        KVMVLAN_PHASE: `qemu_${operation}_begin`,
        KVMVLAN_SCRIPT: '10-fail.sh',
      },
    ]);
  });

  test.concurrent('not where libvirt logs it: a script that fails the start', async () => {
    const hooks = new Hooks({ 'qemu_start_begin.d/fail': sh('exit 3') });
    const through = await withJournal(hooks);
    expect(await hooks.call('qemu', ['VM1', 'start', 'begin', '-'], { through })).toMatchObject({
      status: 1,
    });
    // Not fatal, and so not logged by libvirt.
    hooks.write('conf/dispatch.conf', '[fail]\non-failure = report\n');
    expect(await hooks.call('qemu', ['VM1', 'start', 'begin', '-'], { through })).toMatchObject({
      status: 0,
    });
    expect(await entries(hooks, 1)).toMatchObject([
      { KVMVLAN_SCRIPT: 'fail', KVMVLAN_PHASE: 'qemu_start_begin' },
    ]);
  });

  test.concurrent.each([
    ['start', 1],
    ['started', 0],
  ])('each script that was out of time in %s, even if libvirt logs it too', async (operation, status) => {
    const folder = `qemu_${operation}_begin.d`;
    const hooks = new Hooks({
      [`${folder}/fine`]: sh('exit 0'),
      [`${folder}/slow`]: sh('exec sleep 30'),
      [`${folder}/unreached`]: sh('exit 0'),
      'conf/dispatch.conf': '[DEFAULT]\ntimeout = 4\nphase-timeout = 4\n',
    });
    const through = await withJournal(hooks);
    const run = await hooks.call('qemu', ['VM1', operation, 'begin', '-'], { through });
    expect(run.status).toBe(status);
    const common = {
      ...COMMON,
      MESSAGE_ID: TIMED_OUT,
      KVMVLAN_GUEST: 'VM1',
      KVMVLAN_PHASE: `qemu_${operation}_begin`,
    };
    const slow = {
      ...common,
      MESSAGE: expect.stringContaining(`${folder}/slow: timed out after 4 s`) as string,
      KVMVLAN_SCRIPT: 'slow',
    };
    const unreached = {
      ...common,
      MESSAGE: expect.stringContaining(`${folder}/unreached: not run: the time limit`) as string,
      KVMVLAN_SCRIPT: 'unreached',
    };
    const all = operation === 'start' ? [slow] : [slow, unreached];
    expect(await entries(hooks, all.length)).toEqual(all);
  });

  test.concurrent('a bundled plugin that was out of time', async () => {
    const hooks = new Hooks({
      'conf/vlan_filtering.conf': '[veth1]\nguest = *\n',
      'conf/dispatch.conf': '[vlan_filtering]\ntimeout = 1\n',
      'bin/bridge': sh('exec sleep 30'),
    });
    hooks.installPlugin('vlan_filtering', 'qemu_start_begin.d');
    const through = await withJournal(hooks);
    expect(await hooks.call('qemu', ['VM1', 'start', 'begin', '-'], { through })).toMatchObject({
      status: 1,
    });
    expect(await entries(hooks, 1)).toMatchObject([
      { MESSAGE_ID: TIMED_OUT, KVMVLAN_GUEST: 'VM1', KVMVLAN_SCRIPT: 'vlan_filtering' },
    ]);
  });

  test.concurrent('a hook that hung and was killed', async () => {
    const hooks = new Hooks({
      'conf/vlan_filtering.conf': '[veth1]\nguest = *\n',
      'bin/bridge': sh('exec sleep 30'),
    });
    hooks.installPlugin('vlan_filtering', 'qemu_started_begin.d');
    // Node must have started until then, also where many tests run at the same time.
    hooks.watchEvery(0.5);
    const through = await withJournal(hooks);
    expect(await hooks.call('qemu', ['VM1', 'started', 'begin', '-'], { through })).toMatchObject({
      status: 0,
    });
    expect(await entries(hooks, 1)).toEqual([
      {
        ...COMMON,
        MESSAGE_ID: TIMED_OUT,
        MESSAGE: expect.stringMatching(/^qemu VM1 started begin: the hook hung for 60 s/) as string,
        KVMVLAN_GUEST: 'VM1',
        KVMVLAN_PHASE: 'qemu_started_begin',
      },
    ]);
  });

  test.concurrent('a dispatch.conf that cannot be read, and a name that would be two fields', async () => {
    const hooks = new Hooks({
      'qemu_started_begin.d/fine': sh('exit 0'),
      'conf/dispatch.conf/x': 'a folder',
    });
    const through = await withJournal(hooks);
    await hooks.call('qemu', ['VM1\nPRIORITY=0', 'started', 'begin', '-'], { through });
    expect(await entries(hooks, 1)).toMatchObject([
      {
        ...COMMON,
        MESSAGE: expect.stringMatching(
          /^qemu VM1\\x0aPRIORITY=0 started begin: .*cannot read .*dispatch\.conf/,
        ) as string,
        KVMVLAN_GUEST: 'VM1\\x0aPRIORITY=0',
      },
    ]);
  });
});

/** The real one would write to this machine's own log. */
const logger = (work: string): Record<string, string> => ({
  'bin/logger': sh(`root=\${0%/*}/..; echo "$*" >>"$root/syslog"; ${work}`),
});
const withoutJournal = (hooks: Hooks): string[] =>
  isRoot ? withMounts(hooks.root, 'mkdir -p /run/systemd; mount -t tmpfs none /run/systemd') : [];

test.concurrent('without a journal it goes to syslog', async () => {
  const hooks = new Hooks({ 'qemu_started_begin.d/fail': sh('exit 3'), ...logger('cat >>"$root/syslog"') });
  await hooks.call('qemu', ['VM1', 'started', 'begin', '-'], { through: withoutJournal(hooks) });
  expect(hooks.read('syslog')).toMatch(
    /^-t kvmvlan -p daemon\.err -- qemu VM1 started begin: \/.*\/fail: exit 3 \(log: \/.*\)\n$/,
  );
});

test.concurrent('a log that hangs is waited for once, not for each line', async () => {
  const names = ['a', 'b', 'c', 'd'];
  const scripts = names.map((name) => [`qemu_started_begin.d/${name}`, sh('exit 3')]);
  const hooks = new Hooks({ ...(Object.fromEntries(scripts) as object), ...logger('exec sleep 30') });
  const run = await hooks.call('qemu', ['VM1', 'started', 'begin', '-'], { through: withoutJournal(hooks) });
  expect(run.status).toBe(0);
  expect(run.lines.map(({ script }) => script)).toEqual(names);
  expect(hooks.read('syslog')?.trim().split('\n')).toHaveLength(1);
  expect(run.ms).toBeLessThan(10_000);
});

forRoot('vlan_filtering as a unit', () => {
  test.concurrent(
    'writes to the journal where its standard error is the journal, and only there',
    async () => {
      const hooks = new Hooks({ 'conf/vlan_filtering.conf': '[x]\nguest = VM1\npvid = 5000\n' });
      hooks.write('qemu_start_begin.d/vlan_filtering', installed('vlan_filtering'));
      const through = await withJournal(hooks);
      hooks.write(
        'unit',
        sh(`JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2)
      export JOURNAL_STREAM
      "$1/qemu_start_begin.d/vlan_filtering" VM1; echo "status $?"
      "$1/qemu_start_begin.d/vlan_filtering" VM1 2>"$1/elsewhere"`),
      );
      const run = await hooks.call('unit', [hooks.root], { through, input: '' });
      expect(run.stdout.toString()).toContain('status 2\n');
      expect(await entries(hooks, 2)).toEqual([
        {
          ...COMMON,
          MESSAGE: expect.stringMatching(
            /^vlan_filtering: .*vlan_filtering\.conf:3: \[x\] pvid = 5000/,
          ) as string,
          KVMVLAN_SCRIPT: 'vlan_filtering',
        },
      ]);
    },
  );
});
