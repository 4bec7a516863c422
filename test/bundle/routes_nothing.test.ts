import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Hooks, isRoot, sh, withoutNode, type CallOptions, type Run } from './hooks';
import { withMounts } from './mounts';

const forRoot = isRoot ? test.concurrent : test.concurrent.skip;

const STARTED = ['VM1', 'started', 'begin', '-'];
const RELEASE = ['VM1', 'release', 'end', '-'];
const CONF = 'conf/guest_routes.conf';

/** Conf by which guest_routes has nothing to do. */
const NOTHING: readonly (readonly [what: string, conf: string | null])[] = [
  ['no file', null],
  ['an empty file', ''],
  ['comments and blank lines', '# [web1]\n;[web2]\n\n \t\n  # guest = web1'],
];

/** Conf that asks for something, or may. */
const SOMETHING: readonly (readonly [what: string, conf: string])[] = [
  ['a section', '# comment\n[web1]\nguest = web1\n'],
  ['a section without a line end', '[web1]'],
  ['a pool for the metadata of guests', '[DEFAULT]\npool = 203.0.113.16/28\n'],
  ['a line outside of a section', 'pool = 203.0.113.16/28\n'],
  ['a section after a line end of old systems', '# comment\r[web1]\r'],
];

/** As a package installs it in the phases in which nothing else runs. */
function routed(conf: string | null, more: Record<string, string> = {}): Hooks {
  const hooks = new Hooks({ ...(conf === null ? {} : { [CONF]: conf }), ...more });
  hooks.installPlugin('guest_routes', 'qemu_start_begin.d');
  for (const phase of ['qemu_started_begin.d', 'qemu_release_end.d', 'qemu_reconnect_begin.d']) {
    mkdirSync(join(hooks.root, phase), { recursive: true });
    symlinkSync('../qemu_start_begin.d/guest_routes', join(hooks.root, phase, 'guest_routes'));
  }
  return hooks;
}

/** Which scripts ran. What is wrong with conf is reported on its own. */
async function ran(hooks: Hooks, words: readonly string[], options: CallOptions = {}): Promise<string> {
  const { lines, ...run } = await hooks.call('qemu', words, options);
  expect(run).toMatchObject({ stdout: Buffer.alloc(0) });
  return lines.flatMap(({ script, outcome }) => (script === null ? [] : [`${script} ${outcome}`])).join(', ');
}

/** A call of a hook that fails if it looks for node. */
function callWithoutNode(hooks: Hooks, words: readonly string[]): Promise<Run> {
  hooks.write('qemu', withoutNode(hooks.read('qemu') ?? ''));
  return hooks.call('qemu', words, { env: { PATH: '/nowhere' } });
}

describe('guest_routes alone in a phase', () => {
  test.concurrent.each(NOTHING)('%s: node is not started', async (_, conf) => {
    const hooks = routed(conf);
    expect(await callWithoutNode(hooks, STARTED)).toMatchObject({
      status: 0,
      stdout: Buffer.alloc(0),
      stderr: '',
    });
    expect(hooks.exists('logs')).toBe(false);
  });

  test.concurrent.each(SOMETHING)('%s: it runs', async (_, conf) => {
    expect(await ran(routed(conf), STARTED)).toMatch(/^guest_routes (ok|failed)$/);
  });

  test.concurrent.each(['release end', 'reconnect begin'])('%s: conf does not matter', async (phase) => {
    const run = await callWithoutNode(routed('[web1]\n'), ['VM1', ...phase.split(' '), '-']);
    expect(run).toMatchObject({ status: 0, stderr: '', lines: [] });
  });

  test.concurrent.each([
    ['conf', 'elsewhere'],
    [CONF, '../elsewhere/guest_routes.conf'],
  ])('%s is a link: sh leaves it to node, which follows it', async (path, target) => {
    const hooks = routed(null, { 'elsewhere/guest_routes.conf': '# nothing\n' });
    if (path === CONF) mkdirSync(join(hooks.root, 'conf'));
    symlinkSync(target, join(hooks.root, path));
    expect(await ran(hooks, STARTED)).toBe('');
    const { stderr } = await callWithoutNode(hooks, STARTED);
    expect(stderr).toContain('node was not found');
  });

  test.concurrent('a folder in the place of its conf: it runs, and reports it', async () => {
    const hooks = routed(null);
    mkdirSync(join(hooks.root, CONF), { recursive: true });
    const { lines } = await hooks.call('qemu', STARTED);
    expect(lines).toMatchObject([{ script: 'guest_routes' }]);
  });

  forRoot('it has changed something since boot: it runs', async () => {
    const routedBefore = 'mkdir -p /run/kvmvlan; mount -t tmpfs none /run/kvmvlan; : >/run/kvmvlan/routed';
    const hooks = routed('# nothing\n');
    expect(await ran(hooks, RELEASE, { through: withMounts(hooks.root, routedBefore) })).toBe(
      'guest_routes ok',
    );
  });
});

describe('guest_routes next to other scripts', () => {
  const other = { 'qemu_release_end.d/other': sh('exit 0') };

  test.concurrent.each(NOTHING)('%s: only the others run', async (_, conf) => {
    expect(await ran(routed(conf, other), RELEASE)).toBe('other ok');
  });

  test.concurrent.each(SOMETHING)('%s: all run', async (_, conf) => {
    expect(await ran(routed(conf, other), RELEASE)).toBe('guest_routes ok, other ok');
  });

  test.concurrent("a guest's own scripts run, too", async () => {
    const hooks = routed(null, { 'qemu.d/VM1/release/end': sh('exit 0') });
    expect(await ran(hooks, RELEASE)).toBe('end ok');
  });
});
