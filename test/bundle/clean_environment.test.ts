import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UNSET_VARIABLES } from '../../build/unset_variables';
import { Hooks, installed, isRoot, sh } from './hooks';

const forRoot = isRoot ? test : test.skip;
const start = ['VM1', 'start', 'begin', '-'];
/** As `su` or `sudo -E` may hand it on. */
const HOSTILE = Object.fromEntries(UNSET_VARIABLES.map((name) => [name, 'x']));
const CONF = { 'conf/vlan_filtering.conf': '[veth1]\nguest = *\n' };
const FOLDER = 'qemu_start_begin.d';

/** Colours, and the time zone in which logs are shown: harmless, and people want them. */
const LEFT = ['FORCE_COLOR', 'NO_COLOR', 'NODE_DISABLE_COLORS', 'TZ'];
/** Of later versions of node than that of these tests (doc/api/cli.md). */
const LATER = ['NODE_COMPILE_CACHE', 'NODE_TEST_CONTEXT', 'NODE_USE_ENV_PROXY', 'NODE_USE_SYSTEM_CA'];

test('every variable that this node says it goes by is known', () => {
  const { stdout } = spawnSync(process.execPath, ['--help'], { encoding: 'utf8' });
  const section = stdout.slice(stdout.indexOf('Environment variables:'));
  const names = (section.match(/^[A-Z][A-Z0-9_]+(?=\s)/gm) ?? []).filter((name) => !LEFT.includes(name));
  expect(names.length).toBeGreaterThan(10);
  expect([...names, ...LATER].filter((name) => !UNSET_VARIABLES.includes(name))).toEqual([]);
});

/** A bundle whose node writes its environment down. */
function withSpy(hooks: Hooks, name: string): string {
  hooks.write('node', sh('env >"${0%/*}/env"; exit 0'));
  return installed(name).toString().replace(process.execPath, join(hooks.root, 'node'));
}

test.each(['qemu', 'vlan_filtering', 'bridge_init', 'kvmvlan'])(
  'nothing that node goes by reaches the node of %s, and the rest does',
  (name) => {
    const hooks = new Hooks({ [`${FOLDER}/x`]: sh('exit 0') });
    hooks.write(name, withSpy(hooks, name));
    const env = {
      ...HOSTILE,
      PATH: process.env.PATH,
      LIBVIRT_NIC_0_DEV: 'tap0',
      TMPDIR: '/var/tmp',
      TZ: 'UTC',
    };
    spawnSync(join(hooks.root, name), name === 'qemu' ? start : [], { env, input: '' });
    const seen = (hooks.read('env') ?? '').split('\n');
    expect(seen).toEqual(expect.arrayContaining(['LIBVIRT_NIC_0_DEV=tap0', 'TMPDIR=/var/tmp', 'TZ=UTC']));
    const names = seen.map((line) => line.split('=')[0] ?? '');
    expect(names.filter((one) => UNSET_VARIABLES.includes(one) && one !== 'KVMVLAN_START')).toEqual([]);
    expect(seen).not.toContain('KVMVLAN_START=x');
  },
);

test('node of a real hook and of kvmvlan writes no file where such variables say', async () => {
  const hooks = new Hooks({ [`${FOLDER}/x`]: sh('exit 0'), 'bin/kvmvlan': installed('kvmvlan') });
  const written = join(hooks.root, 'written');
  mkdirSync(written);
  const env = {
    NODE_V8_COVERAGE: written,
    NODE_COMPILE_CACHE: written,
    NODE_REDIRECT_WARNINGS: join(written, 'w'),
  };
  expect(await hooks.call('qemu', start, { env })).toMatchObject({ status: 0 });
  const run = spawnSync(join(hooks.root, 'bin/kvmvlan'), ['--version'], { env: { ...process.env, ...env } });
  expect(run.status).toBe(0);
  expect(readdirSync(written)).toEqual([]);
});

describe('tools that hooks and commands run', () => {
  /** Stands in a folder that the caller's PATH names first. */
  const evil = sh('touch "${0%/*}/ran"; echo "[]"');

  test.each(['', '\n'])("the system's own come before those of the caller's PATH (%j)", async (extra) => {
    const hooks = new Hooks({
      ...CONF,
      ...Object.fromEntries(
        ['bridge', 'ip', 'mkfifo', 'flock', 'logger'].map((tool) => [`evil/${tool}`, evil]),
      ),
      [`${FOLDER}/10-own`]: sh('exit 0'),
    });
    hooks.installPlugin('vlan_filtering', FOLDER, extra);
    hooks.write('kvmvlan', installed('kvmvlan'));
    const env = { PATH: `${hooks.root}/evil:/usr/sbin:/usr/bin:/sbin:/bin` };
    await hooks.call('qemu', start, { env });
    spawnSync(join(hooks.root, 'kvmvlan'), ['status', `--root=${hooks.root}`], { env });
    expect(hooks.exists('evil/ran')).toBe(false);
  });

  forRoot("they get the system's PATH, LC_ALL and HOME, and nothing else of the caller's", async () => {
    const note = sh('env >"${0%/*}/env"; exit 1');
    const hooks = new Hooks({ ...CONF, 'bin/bridge': note, 'bin/ip': note });
    hooks.installPlugin('vlan_filtering', FOLDER);
    const xml =
      "<domain><name>VM1</name><devices><interface type='bridge'><source bridge='br0'/><target dev='veth1'/></interface></devices></domain>";
    const env = { LD_LIBRARY_PATH: '/no', IFS: 'x', LANG: 'tr_TR.UTF-8', PATH: 'bin::.:/opt/tools:/usr/bin' };
    await hooks.call('qemu', start, { env, input: xml });
    const lines = (hooks.read('bin/env') ?? '')
      .split('\n')
      .filter((line) => !/^(PWD|_|OLDPWD|SHLVL)=|^$/.test(line));
    expect(lines.sort()).toEqual([
      `HOME=${hooks.root}/marker`,
      'LC_ALL=C',
      `PATH=${hooks.root}/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/tools:/usr/bin`,
    ]);
  });

  forRoot("root's temporary files are not made where TMPDIR says: it may be another's folder", async () => {
    const hooks = new Hooks({ 'qemu_started_begin.d/x': sh('cat >/dev/stdout') });
    const full = 'for place in /run /dev/shm; do mount -t tmpfs -o ro none $place; done; exec "$@"';
    const through = ['/usr/bin/unshare', '--mount', '/bin/sh', '-c', full, 'sh'];
    const env = { TMPDIR: '/no/such/folder' };
    const run = await hooks.call('qemu', ['VM1', 'started', 'begin', '-'], { through, env });
    // They went to /tmp: without any place the reason would say so.
    expect(run).toMatchObject({ status: 0, lines: [{ outcome: 'ok', reason: null }] });
  });
});

test.concurrent('scripts get what libvirt passes on', async () => {
  const hooks = new Hooks({ 'qemu_started_begin.d/x': sh('env') });
  // vircommand.c, virCommandAddEnvPassCommon.
  const env = {
    LC_ALL: 'C',
    LD_PRELOAD: '',
    LD_LIBRARY_PATH: '/usr/lib',
    USER: 'root',
    LOGNAME: 'root',
    TMPDIR: '/tmp',
  };
  await hooks.call('qemu', ['VM1', 'started', 'begin', '-'], { env });
  const lines = (hooks.read('logs/qemu_started_begin_VM1_x.log') ?? '').split('\n');
  for (const [name, value] of Object.entries(env)) expect(lines).toContain(`${name}=${value}`);
});

test("where no node is baked in, the system's comes before that of the caller's PATH", async () => {
  const hooks = new Hooks({ [`${FOLDER}/x`]: sh('touch "$LIBVIRT_HOOK_ROOT/ran"') });
  hooks.write('evil/node', sh('touch "${0%/*}/../evil-ran"'));
  // As on a host without /usr/bin/node.
  hooks.write('qemu', (hooks.read('qemu') ?? '').replace(`node='${process.execPath}'`, "node=''"));
  const run = await hooks.call('qemu', start, { env: { PATH: `${hooks.root}/evil:/usr/bin:/bin` } });
  expect(run.status).toBe(0);
  expect(hooks.exists('ran')).toBe(true);
  expect(hooks.exists('evil-ran')).toBe(false);
});
