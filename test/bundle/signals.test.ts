import { Hooks, isRoot, sh } from './hooks';
import { withMounts } from './mounts';

/** SIGTERM to the dispatcher: in `started` and `reconnect` that is sh, elsewhere node. */
const PHASES = [
  ['qemu', 'VM1', 'start', 'begin', 1],
  ['qemu', 'VM1', 'stopped', 'end', 1],
  ['qemu', 'VM1', 'migrate', 'begin', 1],
  ['qemu', 'VM1', 'started', 'begin', 0],
  ['qemu', 'VM1', 'reconnect', 'begin', 0],
  ['network', 'lan', 'started', 'begin', 0],
] as const;

describe.each(PHASES)('%s %s %s %s', (driver, object, operation, sub, status) => {
  const folder = `${driver}_${operation}_${sub}.d`;

  /** Sends a signal as soon as a file is there. */
  const signalled = async (hooks: Hooks, when: string, signal: NodeJS.Signals = 'SIGTERM') => {
    const until = async (pid: number): Promise<void> => {
      while (!hooks.exists(when)) await new Promise((resolve) => setTimeout(resolve, 20));
      process.kill(pid, signal);
    };
    return hooks.call(driver, [object, operation, sub, '-'], { onPid: (pid) => void until(pid) });
  };

  test.concurrent.each([['SIGTERM'], ['SIGINT'], ['SIGHUP']] as const)(
    '%s ends the script and what it has started; the others are not run',
    async (signal) => {
      const hooks = new Hooks({
        [`${folder}/10-long`]: sh('sleep 1000 & touch "$LIBVIRT_HOOK_ROOT/runs"; sleep 1000'),
        [`${folder}/20-next`]: sh('touch "$LIBVIRT_HOOK_ROOT/next"'),
      });
      const run = await signalled(hooks, 'runs', signal);
      expect(run).toMatchObject({ status, stdout: Buffer.alloc(0), hung: false, left: [] });
      expect(run.ms).toBeLessThan(30_000);
      expect(run.lines.slice(0, 2)).toMatchObject([
        { script: '10-long', outcome: 'failed', reason: 'terminated together with the hook' },
        { script: '20-next', outcome: 'skipped' },
      ]);
      expect(run.lines.at(-1)).toMatchObject({
        outcome: 'trouble',
        reason: 'the hook was terminated before all scripts were done',
      });
      expect(hooks.exists('next')).toBe(false);
    },
  );

  test.concurrent('a script that ignores SIGTERM is killed', async () => {
    const hooks = new Hooks({
      [`${folder}/10-long`]: sh('trap "" TERM; touch "$LIBVIRT_HOOK_ROOT/runs"; while :; do sleep 10; done'),
    });
    const run = await signalled(hooks, 'runs');
    expect(run).toMatchObject({ status, hung: false, left: [] });
  });

  test.concurrent('a script in a session of its own, that holds the output', async () => {
    const hooks = new Hooks({
      [`${folder}/10-long`]: sh('setsid sh -c \'touch "$LIBVIRT_HOOK_ROOT/runs"; sleep 1000\''),
    });
    const run = await signalled(hooks, 'runs');
    expect(run).toMatchObject({ status, hung: false, left: [] });
  });
});

(isRoot ? test.concurrent : test.concurrent.skip).each([
  ['start', 'vlan_filtering', 1],
  ['reconnect', 'vlan_filtering', 0],
  ['start', 'as a process', 1],
])('%s: SIGTERM while a plugin waits for a command (%s)', async (operation, kind, status) => {
  const hooks = new Hooks({
    'conf/vlan_filtering.conf': '[veth1]\nguest = *\n',
    'bin/bridge': sh('touch "${0%/*}/runs"; exec sleep 1000'),
    'bin/ip': sh('touch "${0%/*}/runs"; exec sleep 1000'),
  });
  hooks.installPlugin('vlan_filtering', `qemu_${operation}_begin.d`, kind === 'as a process' ? '\n' : '');
  hooks.write(`qemu_${operation}_begin.d/zz-next`, sh('touch "$LIBVIRT_HOOK_ROOT/next"'));
  const until = async (pid: number): Promise<void> => {
    while (!hooks.exists('bin/runs')) await new Promise((resolve) => setTimeout(resolve, 20));
    process.kill(pid, 'SIGTERM');
  };
  const run = await hooks.call('qemu', ['VM1', operation, 'begin', '-'], {
    env: { PATH: `${hooks.root}/bin:/usr/bin:/bin` },
    // All hooks of the machine share the lock: this one has its own.
    through: withMounts(hooks.root, 'mkdir -p /run/kvmvlan; mount -t tmpfs none /run/kvmvlan'),
    onPid: (pid) => void until(pid),
  });
  expect(run).toMatchObject({ status, hung: false, left: [] });
  expect(run.lines[0]).toMatchObject({
    outcome: 'failed',
    reason: 'terminated together with the hook',
  });
  // A command that hangs is given up after 10 s, and until then nothing else is heard.
  expect(run.ms).toBeLessThan(15_000);
  expect(hooks.exists('next')).toBe(false);
});

(isRoot ? test.concurrent : test.concurrent.skip)('SIGTERM while a plugin waits for the lock', async () => {
  const hooks = new Hooks({
    'conf/vlan_filtering.conf': '[veth1]\nguest = *\n',
    'bin/flock': sh('touch "${0%/*}/runs"; exec /usr/bin/flock "$@"'),
  });
  hooks.installPlugin('vlan_filtering', 'qemu_start_begin.d');
  const until = async (pid: number): Promise<void> => {
    while (!hooks.exists('bin/runs')) await new Promise((resolve) => setTimeout(resolve, 20));
    process.kill(pid, 'SIGTERM');
  };
  const run = await hooks.call('qemu', ['VM1', 'start', 'begin', '-'], {
    through: withMounts(
      hooks.root,
      'mount -t tmpfs none /run; mkdir /run/kvmvlan; exec 9>/run/kvmvlan/bridges.lock; flock 9; sleep 1000 >/dev/null 2>&1 &',
    ),
    onPid: (pid) => void until(pid),
  });
  hooks.clean();
  expect(run).toMatchObject({
    status: 1,
    hung: false,
    lines: [{ outcome: 'failed', reason: 'terminated together with the hook' }, { outcome: 'trouble' }],
  });
  // Without the signal it waits for 30 s.
  expect(run.ms).toBeLessThan(15_000);
});

test.concurrent('SIGTERM while the XML is still to come', async () => {
  for (const [operation, status, signal] of [
    ['start', null, 15],
    ['reconnect', 0, null],
  ] as const) {
    const hooks = new Hooks({ [`qemu_${operation}_begin.d/x`]: sh('exit 0') });
    hooks.watchEvery(1);
    const run = await hooks.call('qemu', ['VM1', operation, 'begin', '-'], {
      // A pipe that nobody writes to or closes.
      through: ['/bin/sh', '-c', 'mkfifo "$1/pipe"; exec 0<>"$1/pipe"; shift; exec "$@"', 'sh', hooks.root],
      onPid: (pid) => void setTimeout(() => process.kill(pid, 'SIGTERM'), 3_000),
    });
    expect(run).toMatchObject({ status, signal, hung: false, left: [] });
  }
});
