import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { Hooks, installed, isRoot, sh, XML } from './hooks';
import { buildSnapshot, snapshotPath, SNAPSHOTS_HERE } from './snapshots';

const forRoot = isRoot ? test.concurrent : test.concurrent.skip;

/** Says how its dispatcher was started, counts its runs, and keeps its input. */
const SCRIPT = sh(`tr '\\0' ' ' </proc/$PPID/cmdline >"$LIBVIRT_HOOK_ROOT/how"
  echo x >>"$LIBVIRT_HOOK_ROOT/runs"; cat >"$LIBVIRT_HOOK_ROOT/input"; exit \${STATUS:-0}`);

/** In these sh stays where node starts plainly, and in these it becomes node. */
const PHASES = ['started', 'reconnect', 'start', 'stopped'];
const words = (operation: string): string[] => [
  'VM2',
  operation,
  operation === 'stopped' ? 'end' : 'begin',
  '-',
];

/** Hooks whose qemu starts from a snapshot, with something done to that. */
function withSnapshot(operation: string, change: (path: string) => void = () => undefined): Hooks {
  const hooks = new Hooks({ [`qemu_${words(operation)[1]}_${words(operation)[2]}.d/script`]: SCRIPT });
  const snapshot = hooks.putSnapshot('qemu');
  // Its own: the others share theirs.
  const blob = readFileSync(snapshot);
  rmSync(snapshot);
  writeFileSync(snapshot, blob);
  change(snapshot);
  return hooks;
}

const seen = (hooks: Hooks) => ({
  isFromSnapshot: hooks.read('how')?.includes(' --snapshot-blob ') ?? null,
  runs: hooks.read('runs'),
  isInputWhole: hooks.read('input') === XML,
});

/** node says of what it refuses to start from, then ends, in a way of its own for each. */
const REFUSED =
  /^kvmvlan: .*\/qemu: started without its snapshot: node failed with it \(status \d+\); run kvmvlan check$/m;

const FAULTS: readonly (readonly [what: string, change: (path: string) => void, message: RegExp])[] = [
  [
    'of another node',
    (path) => {
      const blob = readFileSync(path);
      for (let at = 0; (at = blob.indexOf(process.version, at)) >= 0; at++) blob.write('v18.0.0', at);
      writeFileSync(path, blob);
    },
    REFUSED,
  ],
  ['truncated', (path) => truncateSync(path, statSync(path).size >> 1), REFUSED],
  ['truncated in its head', (path) => truncateSync(path, 100), REFUSED],
  ['empty', (path) => truncateSync(path, 0), REFUSED],
  [
    'corrupted',
    (path) => {
      const blob = readFileSync(path);
      blob.fill(0xff, blob.length >> 2, blob.length >> 1);
      writeFileSync(path, blob);
    },
    REFUSED,
  ],
  ['another file', (path) => writeFileSync(path, 'no snapshot\n'.repeat(10_000)), REFUSED],
  ['missing', (path) => rmSync(path), /^$/],
  [
    'a folder',
    (path) => {
      rmSync(path);
      mkdirSync(path);
    },
    /^$/,
  ],
  [
    'a link that leads nowhere',
    (path) => {
      rmSync(path);
      symlinkSync('/no/such/file', path);
    },
    /^$/,
  ],
];

/** Only root's folder counts, as only root's may be trusted. */
const asRoot = isRoot ? describe : describe.skip;

asRoot.each(PHASES)('%s', (operation) => {
  test.concurrent('starts from its snapshot', async () => {
    const hooks = withSnapshot(operation);
    const run = await hooks.call('qemu', words(operation));
    expect(run).toMatchObject({ status: 0, stderr: '', stdout: Buffer.alloc(0), left: [], hung: false });
    expect(seen(hooks)).toEqual({ isFromSnapshot: true, runs: 'x\n', isInputWhole: true });
  });

  test.concurrent.each(FAULTS)('the snapshot is %s: starts plainly', async (_what, change, message) => {
    const hooks = withSnapshot(operation, change);
    const run = await hooks.call('qemu', words(operation));
    expect(run).toMatchObject({ status: 0, stdout: Buffer.alloc(0), left: [], hung: false });
    expect(run.lines).toMatchObject([{ outcome: 'ok' }]);
    expect(run.stderr).toMatch(message);
    expect(seen(hooks)).toEqual({ isFromSnapshot: false, runs: 'x\n', isInputWhole: true });
  });

  test.concurrent('a failure is the same as plainly', async () => {
    const ends = [];
    for (const change of [() => undefined, (path: string) => rmSync(path)]) {
      const hooks = withSnapshot(operation, change);
      const run = await hooks.call('qemu', words(operation), { env: { STATUS: '7' } });
      ends.push({
        status: run.status,
        signal: run.signal,
        reason: run.lines[0]?.reason,
        runs: hooks.read('runs'),
      });
    }
    expect(ends[0]).toEqual(ends[1]);
    expect(ends[0]).toMatchObject({ runs: 'x\n', reason: 'exit 7' });
  });

  // As a corrupted snapshot may make it end, but later.
  test.concurrent.each(['KILL', 'ABRT', 'SEGV', 'TRAP'] as const)(
    'node ends by SIG%s once it runs: nothing runs twice',
    async (signal) => {
      const hooks = withSnapshot(operation);
      hooks.write(
        `qemu_${operation}_${words(operation)[2]}.d/script`,
        sh(`echo x >>"$LIBVIRT_HOOK_ROOT/runs"; kill -${signal} $PPID; sleep 1`),
      );
      const run = await hooks.call('qemu', words(operation), {
        through: ['/bin/sh', '-c', 'ulimit -c 0; exec "$@"', 'sh'],
      });
      expect(hooks.read('runs')).toBe('x\n');
      expect(run.hung).toBe(false);
      if (operation === 'started' || operation === 'reconnect') expect(run.status).toBe(0);
      else expect(run).toMatchObject({ status: null, signal: constants.signals[`SIG${signal}`] });
    },
  );

  test.concurrent('a signal by which node says that it runs is ignored: plainly, and once', async () => {
    const hooks = withSnapshot(operation);
    const through = ['/bin/sh', '-c', 'trap "" USR1; exec "$@"', 'sh'];
    expect(await hooks.call('qemu', words(operation), { through })).toMatchObject({ status: 0, stderr: '' });
    expect(seen(hooks)).toEqual({ isFromSnapshot: false, runs: 'x\n', isInputWhole: true });
  });

  forRoot('nobody but root can read the snapshot: others start plainly', async () => {
    const hooks = withSnapshot(operation, (path) => chmodSync(path, 0o600));
    const uid = 65533;
    for (const path of ['', 'logs']) {
      mkdirSync(join(hooks.root, path), { recursive: true });
      chownSync(join(hooks.root, path), uid, uid);
    }
    const through = ['/usr/bin/setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
    expect(await hooks.call('qemu', words(operation), { through })).toMatchObject({ status: 0, stderr: '' });
    expect(seen(hooks)).toMatchObject({ isFromSnapshot: false, runs: 'x\n' });
  });
});

asRoot('a snapshot is used for nothing but what it was made of', () => {
  test.concurrent.each([
    ['edited', (path: string) => writeFileSync(path, `${readFileSync(path, 'utf8')} `)],
    ['replaced by its like', (path: string) => writeFileSync(path, readFileSync(path))],
    ['touched', (path: string) => utimesSync(path, 0, 0)],
  ])('the executable was %s', async (_what, change) => {
    const hooks = withSnapshot('start');
    change(join(hooks.root, 'qemu'));
    expect(await hooks.call('qemu', words('start'))).toMatchObject({ status: 0, stderr: '' });
    expect(seen(hooks).isFromSnapshot).toBe(false);
  });

  test.concurrent('node was replaced', async () => {
    const hooks = withSnapshot('start');
    hooks.write('node', sh(`exec ${process.execPath} "$@"`));
    hooks.write('qemu', (hooks.read('qemu') ?? '').replace(process.execPath, `${hooks.root}/node`));
    expect(await hooks.call('qemu', words('start'))).toMatchObject({ status: 0, stderr: '' });
    expect(seen(hooks).isFromSnapshot).toBe(false);
  });
});

asRoot('filter phases', () => {
  test.concurrent.each(['migrate', 'restore'])('%s: the XML comes through, once', async (operation) => {
    for (const isBroken of [false, true]) {
      const hooks = withSnapshot(operation, (path) => isBroken && truncateSync(path, 5000));
      hooks.write(`qemu_${operation}_begin.d/script`, sh("sed 's/<name>/&new-/'"));
      const run = await hooks.call('qemu', words(operation));
      expect(run.status).toBe(0);
      expect(run.stdout.toString()).toBe(XML.replace('<name>', '<name>new-'));
    }
  });
});

asRoot('a command', () => {
  const withCommand = (): { hooks: Hooks; command: string; snapshot: string } => {
    const hooks = new Hooks({ 'bin/kvmvlan': installed('kvmvlan') });
    const snapshot = hooks.putSnapshot('bin/kvmvlan');
    const blob = readFileSync(snapshot);
    rmSync(snapshot);
    writeFileSync(snapshot, blob);
    return { hooks, command: join(hooks.root, 'bin/kvmvlan'), snapshot };
  };
  const called = (command: string, words: string[], options = {}) => {
    const { status, signal, stdout, stderr } = spawnSync(command, words, { encoding: 'utf8', ...options });
    return { status, signal, stdout, stderr };
  };

  test.each([
    [['--version'], 0],
    [['--help'], 0],
    [['frobnicate'], 2],
    [['status', '--root', '/no/such/root', '--json'], null],
    [['log'], null],
    [['completion', 'bash'], 0],
  ])('%j gives the same as plainly', (args, status) => {
    const { command, snapshot } = withCommand();
    const first = called(command, args);
    rmSync(snapshot);
    const plain = called(command, args);
    expect(first).toEqual(plain);
    if (status !== null) expect(first.status).toBe(status);
  });

  test('a snapshot that cannot be used: the same, and a line that says so', () => {
    const { command, snapshot } = withCommand();
    truncateSync(snapshot, 5000);
    const run = called(command, ['--version']);
    expect(run.status).toBe(0);
    expect(run.stdout).toMatch(/^\d/);
    expect(run.stderr).toMatch(/^kvmvlan: started without its snapshot: node failed with it \(status \d+\)/m);
  });

  test('who read it has gone: 141, as plainly', () => {
    const { command, snapshot } = withCommand();
    const how = [
      '-c',
      '{ "$0" --help; echo $? >&2; } | sleep 0.3; exec 2>&1; { trap "" PIPE; "$0" completion bash; echo $? >&2; } | true',
      command,
    ];
    const first = called('/bin/bash', how);
    rmSync(snapshot);
    expect(first).toEqual(called('/bin/bash', how));
  });

  test('is called through a link, by a path that is not absolute, in another folder', () => {
    const { hooks, command } = withCommand();
    symlinkSync(command, join(hooks.root, 'other-name'));
    const run = called('./other-name', ['snapshot', '--help'], { cwd: hooks.root });
    expect(run).toMatchObject({ status: 0, stderr: '' });
    // The hooks root is that of the file, not of the link.
    expect(run.stdout).toContain(`[default: "${hooks.root}"]`);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const)('%s ends it', async (signal) => {
    const { hooks, command } = withCommand();
    mkdirSync(join(hooks.root, 'logs'));
    writeFileSync(join(hooks.root, 'logs/dispatch.log'), '');
    const script = `"$0" log --follow & sleep 1; kill -${signal.slice(3)} $!; wait $!; echo $?`;
    const through = ['-c', `set -m; ulimit -c 0; ${script}`, command];
    const run = called('/bin/bash', through, {
      timeout: 20_000,
      env: { ...process.env, HOME: hooks.marker },
    });
    const number = { SIGTERM: 143, SIGINT: 130, SIGHUP: 129, SIGQUIT: 131 }[signal];
    expect(run.stdout).toContain(`${number}\n`);
    expect(await hooks.left()).toEqual([]);
  });
});

asRoot('what was there when the snapshot was made is not what is seen', () => {
  // The tests' own are made with another PATH, HOME, TZ and locale, in another folder.
  test.concurrent('a script gets the environment of the call', async () => {
    const hooks = withSnapshot('started');
    hooks.write('qemu_started_begin.d/script', sh('env; pwd; date +%Z'));
    const env = { TZ: 'America/Lima', LC_ALL: 'C', LANG: 'C' };
    expect(await hooks.call('qemu', words('started'), { env })).toMatchObject({ status: 0, stderr: '' });
    const lines = (hooks.read('logs/qemu_started_begin_VM2_script.log') ?? '').split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'TZ=America/Lima',
        'LC_ALL=C',
        'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
        `HOME=${hooks.marker}`,
        '/',
        '-05',
      ]),
    );
    expect(lines.filter((line) => /KVMVLAN_START|=\/no$|tr_TR/.test(line))).toEqual([]);
    const [first = ''] = lines.filter((line) => /^\d{4}-.*Z script: /.test(line));
    expect(Math.abs(Date.parse(first.split(' ')[0] ?? '') - Date.now())).toBeLessThan(60_000);
  });

  forRoot('tools run in the folder of the call', async () => {
    const tool = sh('pwd >>"${0%/*}/../where"; echo "[]"');
    const hooks = new Hooks({
      'conf/vlan_filtering.conf': '[veth1]\nguest = *\n',
      'bin/bridge': tool,
      'bin/ip': tool,
    });
    hooks.installPlugin('vlan_filtering', 'qemu_start_begin.d');
    hooks.putSnapshot('qemu');
    await hooks.call('qemu', words('start'));
    expect(new Set(hooks.read('where')?.trim().split('\n'))).toEqual(new Set(['/']));
  });

  test('a command speaks the language, uses the time zone and the width of the call', () => {
    const hooks = new Hooks({ 'bin/kvmvlan': installed('kvmvlan') });
    const command = join(hooks.root, 'bin/kvmvlan');
    const line = {
      time: '2026-01-02T03:04:05.678Z',
      call: ['qemu', 'VM1', 'start', 'begin', '-'],
      script: 'x',
      outcome: 'failed',
      reason: 'exit 1',
      status: 1,
      ms: 5,
      log: null,
    };
    hooks.write('logs/dispatch.log', `${JSON.stringify(line)}\n`);
    const show = (TZ: string, terminal: string) =>
      spawnSync(
        'script',
        ['-qec', `stty cols ${terminal}; exec ${command} log --root ${hooks.root}`, '/dev/null'],
        {
          encoding: 'utf8',
          env: { PATH: process.env.PATH, TZ, TERM: 'xterm', LC_ALL: 'C' },
        },
      ).stdout;
    const plain = [show('UTC', '60'), show('Asia/Kolkata', '200')];
    hooks.putSnapshot('bin/kvmvlan');
    expect([show('UTC', '60'), show('Asia/Kolkata', '200')]).toEqual(plain);
    expect(plain[0]).not.toBe(plain[1]);
  });

  test('random numbers are', () => {
    const hooks = new Hooks({});
    const program = join(hooks.root, 'random.js');
    writeFileSync(
      program,
      `require('node:v8').startupSnapshot.setDeserializeMainFunction(() => console.log(Math.random()));`,
    );
    buildSnapshot(program, join(hooks.root, 'blob'));
    const words = ['--snapshot-blob', join(hooks.root, 'blob'), 'x'];
    const numbers = [1, 2].map(() => spawnSync(process.execPath, words, { encoding: 'utf8' }).stdout);
    expect(numbers[0]).not.toBe(numbers[1]);
  });
});

const MADE_HERE = '/var/cache/kvmvlan';

asRoot('kvmvlan snapshot', () => {
  /** Runs sh with an installed hooks root as $1, and a /var/cache of its own. */
  const inside = (script: string, files: Record<string, string> = {}) => {
    const hooks = new Hooks({ 'qemu_start_begin.d/script': SCRIPT, ...files });
    const names = ['daemon', 'qemu', 'network', 'lxc', 'libxl', 'bin/kvmvlan'];
    for (const name of names) {
      const bundle = installed(name.replace('bin/', '')).toString();
      hooks.write(name, bundle.replaceAll(SNAPSHOTS_HERE, MADE_HERE));
    }
    for (const [name, folder] of [
      ['vlan_filtering', 'qemu_start_begin.d'],
      ['bridge_init', 'daemon_start.d'],
    ] as const)
      hooks.write(`${folder}/${name}`, installed(name).toString().replaceAll(SNAPSHOTS_HERE, MADE_HERE));
    const setUp = 'mount -t tmpfs -o mode=755 none /var/cache; k=$1/bin/kvmvlan; cd /;';
    const { status, stdout, stderr } = spawnSync(
      'unshare',
      ['--mount', 'sh', '-c', `${setUp} ${script}`, 'sh', hooks.root],
      { encoding: 'utf8' },
    );
    return { status, stdout, stderr, hooks };
  };
  const finding = `"$k" check --json | tr -d '\\n ' | grep -o '{"item":"snapshot"[^}]*}'`;

  test('makes one file with a name for each executable, once, readable for all, from which they start', () => {
    const { stdout, stderr, hooks } = inside(
      `
      "$k" snapshot; "$k" snapshot; ls ${MADE_HERE} | wc -l; stat -c '%a %U %h' ${MADE_HERE} ${MADE_HERE}/* | sort -u
      "$1/qemu" VM2 start begin - <"$1/xml"; ${finding}`,
      { xml: XML, 'conf/vlan_filtering.conf': '' },
    );
    expect(stderr).toBe('');
    expect(stdout.split('\n')).toEqual([
      'Made the start-up snapshot.',
      'The start-up snapshot already exists.',
      '8',
      '644 root 8',
      '755 root 2',
      expect.stringMatching(/"level":"ok","message":"hooksandcommandsstartfromasnapshot","remedy":null/),
      '',
    ]);
    expect(hooks.read('how')).toContain(`--snapshot-blob ${MADE_HERE}/`);
  });

  test('is made anew, and the old one goes, where an executable was replaced or the snapshot is damaged', () => {
    const { stdout } = inside(`
      "$k" snapshot; cp -p "$1/qemu" "$1/new"; mv "$1/new" "$1/qemu"; ${finding}
      "$k" snapshot; ls ${MADE_HERE} | wc -l; ls -i ${MADE_HERE} | cut -d' ' -f1 | sort -u | wc -l
      for f in ${MADE_HERE}/*; do truncate -s 5000 "$f"; done; ${finding.replace('"$k"', '"$k" 2>/dev/null')}
      "$k" snapshot 2>/dev/null; ${finding}`);
    expect(stdout.split('\n')).toEqual([
      'Made the start-up snapshot.',
      expect.stringMatching(/"level":"ok".*thereisnostart-upsnapshot.*\/qemu:.*"sudokvmvlansnapshot"/),
      'Made the start-up snapshot.',
      '8',
      '1',
      expect.stringMatching(/"level":"warning".*cannotstartfromitssnapshot.*"sudokvmvlansnapshot"/),
      'Made the start-up snapshot.',
      expect.stringMatching(/"level":"ok".*startfromasnapshot/),
      '',
    ]);
  });

  test.each(['chmod 777', 'chmod g+w', 'chown 65533'])(
    '%s of the folder: nothing is started from it',
    (change) => {
      const { stdout, hooks } = inside(
        `"$k" snapshot; ${change} ${MADE_HERE}; "$1/qemu" VM2 start begin - <"$1/xml"; echo $?; ${finding}`,
        { xml: XML, 'conf/vlan_filtering.conf': '' },
      );
      expect(stdout).toMatch(/^Made.*\n0\n.*thereisnostart-upsnapshot/);
      expect(hooks.read('how')).not.toContain('--snapshot-blob');
    },
  );

  test('an executable of another build has none', () => {
    const { stdout } = inside(`echo '// edited' >>"$1/qemu"; "$k" snapshot; ls ${MADE_HERE} | wc -l`);
    expect(stdout).toBe('Made the start-up snapshot.\n7\n');
  });

  test.each([
    [
      'others can write to the folder',
      `mkdir -m 777 ${MADE_HERE}`,
      /can be written by users other than root/,
    ],
    ['there is no room', 'mount -t tmpfs -o size=1M none /var/cache', /no start-up snapshot was made: /],
    ['a file is in the way', `touch ${MADE_HERE}`, /no start-up snapshot was made: /],
    ['who asks is not root', 'k="setpriv --reuid=65533 $k"; chmod 755 "$1"', /only root may make/],
  ])('%s: an error, and nothing is left', (_what, before, message) => {
    const run = inside(
      `${before}; $k snapshot; echo $?; find ${MADE_HERE} -type f -size +0 2>/dev/null | wc -l`,
    );
    expect(run.stdout).toBe('2\n0\n');
    expect(run.stderr).toMatch(message);
  });

  test('none is looked for where the tests do', () => {
    expect(existsSync(snapshotPath(process.execPath))).toBe(false);
  });
});

test('an executable is ASCII: one character beyond Latin-1 would double the memory of its text', () => {
  expect(installed('qemu').find((byte) => byte > 127)).toBeUndefined();
});
