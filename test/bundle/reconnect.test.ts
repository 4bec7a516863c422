import { chmodSync, existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Hooks, installed, isRoot, sh, withoutNode } from './hooks';
import { FULL, withMounts } from './mounts';

const forRoot = isRoot ? test.concurrent : test.concurrent.skip;

/** The phases in which libvirt would kill a guest (or network) that runs. */
const SHIELDED = [
  ['qemu', 'VM1', 'reconnect'],
  ['qemu', 'VM1', 'started'],
  ['lxc', 'VM1', 'reconnect'],
  ['libxl', 'VM1', 'started'],
  ['network', 'lan', 'started'],
  ['qemu', 'VM1', 'an-operation-to-come'],
] as const;
/** And one in which a fault of ours must abort. */
const OTHERS = [
  ['qemu', 'VM1', 'start'],
  ['network', 'lan', 'start'],
] as const;

const ENDS = [...SHIELDED.map((call) => ({ call, fault: 0 })), ...OTHERS.map((call) => ({ call, fault: 1 }))];

describe.each(ENDS)('$call.0 $call.2', ({ call: [driver, object, operation], fault }) => {
  const words = [object, operation, 'begin', '-'];
  const folder = `${driver}_${operation}_begin.d`;
  const withScript = (script = sh('touch "$LIBVIRT_HOOK_ROOT/ran"'), more = {}): Hooks =>
    new Hooks({ [`${folder}/script`]: script, ...more });
  const damage = (hooks: Hooks, change: (bundle: Buffer) => Buffer): void =>
    hooks.write(driver, change(installed(driver)));

  test.concurrent('node is removed', async () => {
    const hooks = withScript();
    damage(hooks, (bundle) => Buffer.from(withoutNode(bundle.toString())));
    const run = await hooks.call(driver, words, { env: { PATH: '/no' } });
    expect(run).toMatchObject({
      status: fault,
      stdout: Buffer.alloc(0),
      lines: [
        {
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
          call: [driver, ...words],
          script: null,
          outcome: 'trouble',
          reason: 'node was not found: install version 18.19 or later as /usr/bin/node',
        },
      ],
    });
    expect(run.stderr).toContain('node was not found: install version 18.19 or later as /usr/bin/node');
  });

  test.concurrent.each([
    ['not executable', 'text', 0o644, { status: 1 }],
    ['no program', 'no-such-command', 0o755, { status: 127 }],
    ['a program that fails', sh('exit 9'), 0o755, { status: 9 }],
    ['a program that is killed', sh('kill -9 $$'), 0o755, { status: null, signal: 9 }],
  ])('node is %s', async (_what, node, mode, end) => {
    const hooks = withScript();
    hooks.write('node', node);
    chmodSync(join(hooks.root, 'node'), mode);
    damage(hooks, (bundle) =>
      Buffer.from(withoutNode(bundle.toString()).replace('/no/node', `${hooks.root}/node`)),
    );
    const run = await hooks.call(driver, words, { env: { PATH: '/no' } });
    expect(hooks.exists('ran')).toBe(false);
    if (fault === 0) expect(run).toMatchObject({ status: 0, lines: [{ outcome: 'trouble' }] });
    else expect(run).toMatchObject(end);
  });

  test.concurrent('the bundle is cut off behind its header', async () => {
    const bundle = installed(driver);
    const code = bundle.indexOf('\n*/\n');
    const hooks = withScript();
    for (const at of [
      code - 1,
      code + 1,
      code + 3,
      code + 4,
      code + 5,
      code + 1000,
      bundle.length >> 1,
      bundle.length - 5,
    ]) {
      damage(hooks, (whole) => whole.subarray(0, at));
      const run = await hooks.call(driver, words);
      expect({ at, status: run.status, hung: run.hung }).toEqual({ at, status: fault, hung: false });
      expect(run.stderr).not.toBe('');
      if (fault === 0) expect(run.lines).toMatchObject([{ outcome: 'trouble' }]);
    }
    expect(hooks.exists('ran')).toBe(false);
  });

  test.concurrent('there is no memory', async () => {
    const hooks = withScript();
    // With 100 MB node gets no threads, and waits for them for ever: the header ends it, here after 3 s.
    hooks.watchEvery(0.25);
    for (const megabytes of [500, 100, 20, 8]) {
      const run = await hooks.call(driver, words, {
        through: ['/bin/sh', '-c', `ulimit -c 0; ulimit -v ${megabytes * 1000}; exec "$@"`, 'sh'],
      });
      expect(run).toMatchObject({ hung: false, left: [] });
      if (fault === 0) expect(run).toMatchObject({ status: 0, lines: [{ outcome: 'trouble' }] });
      else expect(run.status).not.toBe(0);
      if (megabytes !== 100) continue;
      const why =
        'node did not start within 60 s; raise its limits of memory and processes (ulimit -a), then try again';
      expect(run.stderr).toContain(`kvmvlan: ${hooks.root}/${driver}: ${why}\n`);
      expect(run.lines).toMatchObject([{ outcome: 'trouble', reason: why }]);
    }
    expect(hooks.exists('ran')).toBe(false);
  });

  test.concurrent('the script kills its parent', async () => {
    const hooks = withScript(sh('kill -9 $PPID; exit 1'));
    hooks.watchEvery(1);
    const run = await hooks.call(driver, words);
    expect(run).toMatchObject({ hung: false, left: [] });
    if (fault === 1) expect(run).toMatchObject({ status: null, signal: 9 });
    else expect(run).toMatchObject({ status: 0, lines: [{ outcome: 'trouble' }] });
    if (fault === 0) expect(run.lines[0]?.reason).toMatch(/^node was killed by signal 9; /);
  });

  test.concurrent('the script kills its parent and stays: libvirt does not wait for it', async () => {
    const hooks = withScript(sh('kill -9 $PPID; sleep 1000'));
    const run = await hooks.call(driver, words);
    hooks.clean();
    expect(run.hung).toBe(false);
    expect(run.status).toBe(fault === 0 ? 0 : null);
  });

  test.concurrent('conf cannot be read', async () => {
    const hooks = withScript();
    hooks.write('conf/dispatch.conf/x', 'a folder');
    const run = await hooks.call(driver, words);
    expect(run).toMatchObject({ status: fault, lines: [{ outcome: 'failed', status: null }] });
    expect(run.lines[0]?.reason).toMatch(/^not run: cannot read /);
  });

  test.concurrent('nobody reads what we write', async () => {
    const hooks = withScript(sh('echo x; exit 1'));
    hooks.write('conf/dispatch.conf', '[other]\nlog = broken\n');
    const run = await hooks.call(driver, words, { unread: ['stdout', 'stderr'] });
    expect(run).toMatchObject({
      status: fault,
      signal: null,
      lines: [{ outcome: 'trouble' }, { outcome: 'failed' }],
    });
    // Nor what sh writes, when node has failed.
    damage(hooks, (bundle) => bundle.subarray(0, bundle.length - 10));
    expect(await hooks.call(driver, words, { unread: ['stdout', 'stderr'] })).toMatchObject({
      status: fault,
      signal: null,
    });
  });

  test.concurrent('standard input, output and error are closed', async () => {
    const hooks = withScript(sh('exit 1'));
    const through = ['/bin/sh', '-c', 'exec "$@" <&- >&- 2>&-', 'sh'];
    const run = await hooks.call(driver, words, { through });
    expect(run).toMatchObject({ status: fault, signal: null });
    // Without its XML a guest is not started.
    const failed = { outcome: 'failed', script: 'script' };
    const missing = { outcome: 'trouble', script: null };
    const lines = driver === 'network' ? [failed] : operation === 'start' ? [missing] : [missing, failed];
    expect(run.lines).toMatchObject(lines);
  });

  forRoot('no file can be written anywhere', async () => {
    const logger = sh('root=${0%/*}/..; echo "$*" >>"$root/system-log"');
    const hooks = withScript(sh('exit 1'), { 'bin/logger': logger });
    const everywhere = ['/run', '/dev/shm', '/tmp', '$1/logs'].map((place) => FULL(place)).join('; ');
    const env = { PATH: `${hooks.root}/bin:/usr/sbin:/usr/bin:/sbin:/bin` };
    const run = await hooks.call(driver, words, { through: withMounts(hooks.root, everywhere), env });
    expect(run).toMatchObject({ status: fault, signal: null, left: [] });
    expect(run.stderr).toMatch(/script: exit 1; .* \(log: .*\)\n/);
    // libvirt drops the standard error of a hook that succeeds.
    const told = (hooks.read('system-log') ?? '').split('\n');
    const begin = `-t kvmvlan -p daemon.err -- ${driver} ${object} ${operation} begin:`;
    expect(told).toEqual([
      expect.stringContaining(`${begin} cannot write ${hooks.root}/logs/dispatch.log: ENOSPC`),
      expect.stringContaining(`${begin} ${hooks.root}/${folder}/script: exit 1`),
      '',
    ]);
    // Not even by sh, for want of node.
    damage(hooks, (bundle) => Buffer.from(withoutNode(bundle.toString())));
    const noPath = { ...env, PATH: '/no' };
    expect(
      await hooks.call(driver, words, { through: withMounts(hooks.root, everywhere), env: noPath }),
    ).toMatchObject({
      status: fault,
      signal: null,
    });
  });
});

describe.each([
  ['an exception', 'setTimeout(()=>{throw new Error("boom")},700)'],
  ['a rejection', 'setTimeout(()=>{Promise.reject(new Error("boom"))},700)'],
  ['an end of everything', 'setTimeout(()=>{process.exit(0)},700)'],
])('a bug of ours: %s that nobody catches', (_what, code) => {
  test.concurrent.each([
    ['reconnect', 0],
    ['started', 0],
    ['start', 1],
  ])('in %s', async (operation, status) => {
    const hooks = new Hooks({ [`qemu_${operation}_begin.d/long`]: sh('sleep 2; exit 0') });
    hooks.write('qemu', hooks.read('qemu')?.replace('(()=>{', `(()=>{${code};`) ?? '');
    const run = await hooks.call('qemu', ['VM1', operation, 'begin', '-']);
    expect(run).toMatchObject({ status, hung: false, left: [], lines: [{ outcome: 'trouble' }] });
    expect(run.lines[0]?.reason).toMatch(/^a bug: Error: (boom|the dispatcher ended before its scripts)\n/);
  });
});

describe.each([
  ['reconnect', 0],
  ['start', 1],
] as const)('no processes are left, in %s', (operation, fault) => {
  forRoot('fork fails at any point: it ends, and as it must', async () => {
    const hooks = new Hooks({
      [`qemu_${operation}_begin.d/script`]: sh('true; (true); touch "$LIBVIRT_HOOK_ROOT/ran"'),
    });
    hooks.watchEvery(0.25);
    // Root has no limit. The number is nobody's here, so that only ours count.
    const uid = 54321 + fault;
    for (const limit of [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 14, 16, 20, 64]) {
      const run = await hooks.call('qemu', ['VM1', operation, 'begin', '-'], {
        through: [
          ...[
            '/bin/sh',
            '-c',
            'mkdir -p "$1/logs"; chmod 777 "$1" "$1/logs"; shift; exec "$@"',
            'sh',
            hooks.root,
          ],
          ...['/usr/bin/setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'],
          ...['/usr/bin/prlimit', '--core=0', `--nproc=${limit}`],
        ],
        deadline: 30,
      });
      expect({ limit, hung: run.hung, left: run.left }).toEqual({ limit, hung: false, left: [] });
      if (fault === 0) expect({ limit, status: run.status }).toEqual({ limit, status: 0 });
      else expect({ limit, isStarted: run.status === 0 }).toEqual({ limit, isStarted: hooks.exists('ran') });
      if (!hooks.exists('ran') && run.signal !== 6) expect(run.lines.length).toBeGreaterThan(0);
    }
    expect(hooks.exists('ran')).toBe(true);
  });
});

/** Those that this machine has. */
const SHELLS = (
  [
    ['dash', '/usr/bin/dash'],
    ['bash', '/bin/bash'],
    ['busybox', '/usr/bin/busybox'],
  ] as const
).filter(([, path]) => existsSync(path));

describe('the header, by each shell that may be /bin/sh', () => {
  const header = installed('qemu').toString().split('\n*/\n')[0] ?? '';
  /** What stands before the end of the first line that does something: nothing guards it, see build/headers/dispatcher.sh. */
  const unguarded = header.indexOf('\n', header.indexOf('\n') + 1);

  test('little is unguarded', () => expect(unguarded).toBeLessThan(110));

  test.concurrent.each(SHELLS)('%s: success, failure, a fault, a signal, no node', async (_name, shell) => {
    const hooks = new Hooks({
      'conf/dispatch.conf': '[fail]\non-failure = abort\n[kill]\nguests = killed\n[wait]\nguests = waits\n',
      'qemu_started_begin.d/fail': sh('[ "$1" != fails ]'),
      'qemu_started_begin.d/kill': sh('kill -9 $PPID'),
      'qemu_started_begin.d/wait': sh('touch "$LIBVIRT_HOOK_ROOT/waits"; sleep 1000'),
    });
    symlinkSync(shell, join(hooks.root, 'sh'));
    hooks.write('qemu', installed('qemu').toString().replace('#!/bin/sh', `#!${hooks.root}/sh`));
    const call = (guest: string, onPid?: (pid: number) => void) =>
      hooks.call('qemu', [guest, 'started', 'begin', '-'], onPid === undefined ? {} : { onPid });
    expect(await call('fine')).toMatchObject({ status: 0, stderr: '', left: [] });
    expect(await call('fails')).toMatchObject({ status: 1, left: [] });
    expect(await call('killed')).toMatchObject({
      status: 0,
      left: [],
      lines: [{ outcome: 'ok' }, { outcome: 'trouble' }],
    });
    const until = async (pid: number): Promise<void> => {
      while (!hooks.exists('waits')) await new Promise((resolve) => setTimeout(resolve, 20));
      process.kill(pid, 'SIGTERM');
    };
    const ended = await call('waits', (pid) => void until(pid));
    expect(ended).toMatchObject({ status: 0, left: [], hung: false });
    expect(ended.lines.at(-1)?.reason).toBe('the hook was terminated before all scripts were done');
    hooks.write('qemu', withoutNode(hooks.read('qemu') ?? ''));
    const env = { PATH: '/no' };
    expect(await hooks.call('qemu', ['fine', 'started', 'begin', '-'], { env })).toMatchObject({
      status: 0,
      lines: [{ outcome: 'trouble' }],
    });
  });

  test.concurrent.each(SHELLS)(
    '%s: cut off anywhere it is 0 in reconnect and started, and not 0 in start',
    async (_name, shell) => {
      const hooks = new Hooks({ node: sh('exit 1') });
      const { root } = hooks;
      for (const operation of ['reconnect', 'started', 'start'])
        hooks.write(`qemu_${operation}_begin.d/x`, sh('exit 0'));
      const shebang = `#!${root}/sh`;
      const text = header.replace('#!/bin/sh', shebang).replace(process.execPath, `${root}/node`);
      hooks.write('header', `${text}\n*/\n`);
      const from = unguarded + shebang.length - '#!/bin/sh'.length;
      // Each byte of it would take minutes.
      const sizes = Array.from({ length: text.length + 5 - from }, (_, i) => from + i).filter(
        (_, i) => i % 29 === 0,
      );
      hooks.write(
        'try-all',
        sh(`
        root=$1 shell=$2
        ln -s "$shell" "$root/sh"
        for size in ${sizes.join(' ')}; do
          head -c $size "$root/header" >"$root/qemu"
          for operation in reconnect started start; do
            "$root/qemu" VM1 $operation begin - </dev/null >/dev/null 2>&1
            echo "$operation $?"
          done
        done | sort | uniq -c`),
      );
      const run = await hooks.call('try-all', [root, shell], { deadline: 240 });
      const results = run.stdout.toString().trim().split('\n');
      expect(results.filter((line) => !/ start [1-9]\d*$/.test(line)).map((line) => line.trim())).toEqual([
        `${sizes.length} reconnect 0`,
        `${sizes.length} started 0`,
      ]);
    },
    300_000,
  );
});
