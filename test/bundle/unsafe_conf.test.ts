import { chmodSync, chownSync, symlinkSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Hooks, installed, isRoot, sh } from './hooks';

const forRoot = isRoot ? test.concurrent : test.concurrent.skip;
const syncForRoot = isRoot ? test : test.skip;
const start = ['VM1', 'start', 'begin', '-'];
/** A conf by which there is nothing to do, so that it is read and no command is run. */
const CONF = { 'conf/vlan_filtering.conf': '[tap0]\nguest = nobody\n', 'conf/bridge_init.conf': '# none\n' };
const MOVE = 'Move the file to a folder that only root can write.';

/** How conf may be somebody else's, what is told of it, and what fixes it; CONF is the file, ROOT the hooks root. */
const WAYS: readonly (readonly [string, (file: string, root: string) => void, string, string])[] = [
  ['its owner', (file) => chownSync(file, 1000, 0), 'CONF is not owned by root', 'Run `chown root CONF`.'],
  [
    'its group may write',
    (file) => chmodSync(file, 0o664),
    'CONF can be written by users other than root',
    'Run `chmod go-w CONF`.',
  ],
  [
    'anybody may write',
    (file) => chmodSync(file, 0o646),
    'CONF can be written by users other than root',
    'Run `chmod go-w CONF`.',
  ],
  [
    'its folder',
    (_, root) => chmodSync(join(root, 'conf'), 0o775),
    'ROOT/conf can be written by users other than root',
    'Run `chmod go-w ROOT/conf`.',
  ],
  [
    'the hooks root',
    (_, root) => chownSync(root, 1000, 0),
    'ROOT is not owned by root',
    'Run `chown root ROOT`.',
  ],
];

function told([, , reason, fix]: (typeof WAYS)[number], file: string, root: string): string {
  const text = `root does not read ${file}: ${reason}. ${fix}`;
  return text.replaceAll('CONF', file).replaceAll('ROOT', root);
}

describe('a conf file that others than root can change', () => {
  forRoot.each(WAYS.slice(0, 4))('vlan_filtering.conf, %s: no guest starts by it', async (...way) => {
    const hooks = new Hooks(CONF);
    hooks.installPlugin('vlan_filtering', 'qemu_start_begin.d');
    expect(await hooks.call('qemu', start)).toMatchObject({ status: 0 });
    const file = join(hooks.root, 'conf/vlan_filtering.conf');
    way[1](file, hooks.root);
    const run = await hooks.call('qemu', start);
    expect(run).toMatchObject({ status: 1 });
    // dispatch.conf, which is not there, might be put into such a folder by others: it comes first.
    const dispatchConf = join(hooks.root, 'conf/dispatch.conf');
    expect(run.lines.at(-1)?.reason ?? '').toBe(
      way[0] === 'its folder'
        ? `not run: ${told(way, dispatchConf, hooks.root)}`
        : `exit 2: ${told(way, file, hooks.root)}`,
    );
  });

  syncForRoot.each(WAYS)('bridge_init.conf by hand, %s: exit 2 and the command that fixes it', (...way) => {
    const hooks = new Hooks(CONF);
    hooks.installPlugin('bridge_init', 'daemon_start.d');
    const file = join(hooks.root, 'conf/bridge_init.conf');
    way[1](file, hooks.root);
    const { status, stderr } = spawnSync(join(hooks.root, 'daemon_start.d/bridge_init'), {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 2, stderr: `error: ${told(way, file, hooks.root)}\n` });
  });

  forRoot.each(WAYS.slice(0, 4))('dispatch.conf, %s: no script runs, whatever it says', async (...way) => {
    const hooks = new Hooks({
      'conf/dispatch.conf': '[script]\nenabled = no\n',
      'qemu_start_begin.d/script': sh('touch "$LIBVIRT_HOOK_ROOT/ran"'),
    });
    const file = join(hooks.root, 'conf/dispatch.conf');
    way[1](file, hooks.root);
    const run = await hooks.call('qemu', start);
    expect(run.status).toBe(1);
    expect(run.lines[0]).toMatchObject({ script: 'script', outcome: 'failed' });
    expect(run.lines[0]?.reason).toContain(told(way, file, hooks.root));
    expect(run.stderr).toContain(told(way, file, hooks.root));
    expect(hooks.exists('ran')).toBe(false);
  });

  syncForRoot('a link to a file of root in a folder of somebody else', () => {
    const hooks = new Hooks({ ...CONF, 'home/alice/my.conf': '[tap0]\nguest = nobody\n' });
    chownSync(join(hooks.root, 'home/alice'), 1000, 0);
    symlinkSync('../home/alice/my.conf', join(hooks.root, 'conf/mine.conf'));
    hooks.write('mine', installed('vlan_filtering'));
    const file = join(hooks.root, 'conf/mine.conf');
    const { status, stderr } = spawnSync(join(hooks.root, 'mine'), ['VM1', file], { encoding: 'utf8' });
    const folder = join(hooks.root, 'home/alice');
    // Beside the conf it is ours to take; elsewhere the file is to be moved.
    expect(stderr).toBe(
      `error: root does not read ${file}: ${folder} is not owned by root. Run \`chown root ${folder}\`.\n`,
    );
    expect(status).toBe(2);
    const other = join(hooks.root, 'elsewhere/deep/conf/mine.conf');
    hooks.write('elsewhere/deep/conf/x', '');
    symlinkSync('../../../home/alice/my.conf', other);
    const moved = spawnSync(join(hooks.root, 'mine'), ['VM1', other], { encoding: 'utf8' });
    expect(moved.stderr).toBe(
      `error: root does not read ${other}: ${folder} is not owned by root. ${MOVE}\n`,
    );
  });

  syncForRoot('kvmvlan check says so, and status and plan do not go by it', () => {
    const hooks = new Hooks({ ...CONF, 'bin/kvmvlan': installed('kvmvlan') });
    const file = join(hooks.root, 'conf/vlan_filtering.conf');
    const run = (word: string) => spawnSync(join(hooks.root, 'bin/kvmvlan'), [word], { encoding: 'utf8' });
    expect(run('check').stdout).not.toContain('do not read');
    chmodSync(file, 0o666);
    expect(run('check').stdout).toContain(
      `hooks do not read ${file}: ${file} can be written by users other than root\n                    $ sudo chmod go-w ${file}\n`,
    );
    for (const word of ['status', 'plan', 'diagram']) expect(run(word)).toMatchObject({ status: 2 });
  });

  forRoot('the rule is for root: a user reads his own', async () => {
    const hooks = new Hooks({ 'conf/vlan_filtering.conf': '[tap0]\nguest = nobody\n' });
    hooks.installPlugin('vlan_filtering', 'qemu_start_begin.d');
    for (const path of ['', 'conf', 'conf/vlan_filtering.conf'])
      chownSync(join(hooks.root, path), 1000, 1000);
    chmodSync(join(hooks.root, 'conf/vlan_filtering.conf'), 0o666);
    const through = ['/usr/bin/setpriv', '--reuid=1000', '--regid=1000', '--clear-groups'];
    expect(await hooks.call('qemu', start, { through })).toMatchObject({ status: 0, stderr: '' });
  });
});
