import { chmodSync, chownSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hooks, isRoot, sh, type Run } from './hooks';

const FOLDER = 'qemu_start_begin.d';
const call = ['VM1', 'start', 'begin', '-'];
const stopped = ['VM1', 'stopped', 'end', '-'];
const forRoot = isRoot ? test.concurrent : test.concurrent.skip;

/** Why each script failed, by name; null: it did not. (Of dispatch.conf in such a folder unsafe_conf.test.ts tells.) */
const failures = ({ lines }: Run): Record<string, string | null> =>
  Object.fromEntries(
    lines.flatMap(({ script, reason }) => (script === null ? [] : [[script, reason] as const])),
  );

const byOthers = (path: string): string =>
  `not run: ${path} can be written by users other than root: run \`chmod go-w ${path}\``;
const notRoots = (path: string): string =>
  `not run: ${path} is not owned by root: run \`chown root ${path}\``;

describe('root runs nothing that others could change', () => {
  forRoot('a guest does not start without such a script, and libvirt is told why', async () => {
    const hooks = new Hooks({ [`${FOLDER}/script`]: sh('touch "$LIBVIRT_HOOK_ROOT/ran"') });
    const path = join(hooks.root, FOLDER, 'script');
    chmodSync(path, 0o775);
    const run = await hooks.call('qemu', call);
    expect(run).toMatchObject({ status: 1, lines: [{ outcome: 'failed', reason: byOthers(path) }] });
    expect(run.stderr).toContain(`${path}: ${byOthers(path)} (log: `);
    expect(hooks.read('logs/qemu_start_begin_VM1_script.log')).toContain(
      byOthers(path).replace('not run: ', '\n'),
    );
    expect(hooks.exists('ran')).toBe(false);
    expect(await hooks.call('qemu', ['VM1', 'reconnect', 'begin', '-'])).toMatchObject({ status: 0 });
  });

  forRoot("kvmvlan's own plugin is no exception, though it would be run in this process", async () => {
    const hooks = new Hooks({ 'conf/vlan_filtering.conf': '[tap0]\nguest = nobody\n' });
    hooks.installPlugin('vlan_filtering', FOLDER);
    const path = join(hooks.root, FOLDER, 'vlan_filtering');
    chmodSync(path, 0o757);
    expect(failures(await hooks.call('qemu', call))).toEqual({ vlan_filtering: byOthers(path) });
  });

  forRoot('the file itself, and what a link leads to', async () => {
    const names = ['10-good', '20-owner', '30-group', '40-others', '50-setuid', '60-setgid'];
    const folder = 'qemu_stopped_end.d';
    const hooks = new Hooks(Object.fromEntries(names.map((name) => [`${folder}/${name}`, sh('exit 0')])));
    const path = (name: string): string => join(hooks.root, folder, name);
    chownSync(path('20-owner'), 1000, 0);
    chmodSync(path('30-group'), 0o775);
    chmodSync(path('40-others'), 0o757);
    chmodSync(path('50-setuid'), 0o4755);
    chmodSync(path('60-setgid'), 0o2755);
    const elsewhere = (name: string): string => join(hooks.root, name);
    hooks.write('elsewhere/script', sh('exit 0'));
    chownSync(elsewhere('elsewhere/script'), 1000, 0);
    symlinkSync(elsewhere('elsewhere/script'), path('70-linked'));
    hooks.write('open/script', sh('exit 0'));
    chmodSync(elsewhere('open'), 0o777);
    symlinkSync(elsewhere('open/script'), path('80-open'));
    expect(failures(await hooks.call('qemu', stopped))).toEqual({
      '10-good': null,
      '20-owner': notRoots(path('20-owner')),
      '30-group': byOthers(path('30-group')),
      '40-others': byOthers(path('40-others')),
      '50-setuid': `not run: ${path('50-setuid')} is set-uid or set-gid: run \`chmod ug-s ${path('50-setuid')}\``,
      '60-setgid': `not run: ${path('60-setgid')} is set-uid or set-gid: run \`chmod ug-s ${path('60-setgid')}\``,
      '70-linked': notRoots(elsewhere('elsewhere/script')),
      '80-open': byOthers(elsewhere('open')),
    });
  });

  forRoot.each([[''], [FOLDER]])('each folder on the way to it: "%s"', async (open) => {
    for (const mode of [0o777, 0o1777, 0o775]) {
      const hooks = new Hooks({ [`${FOLDER}/script`]: sh('touch "$LIBVIRT_HOOK_ROOT/ran"') });
      const folder = join(hooks.root, open);
      chmodSync(folder, mode);
      const fix = mode === 0o1777 ? 'a folder that only root can write' : `\`chmod go-w ${folder}\``;
      // The hooks root is also dispatch.conf's, which is looked at first, so it may be what is told.
      const { script } = failures(await hooks.call('qemu', call));
      expect(script).toContain(`${folder} can be written by users other than root`);
      expect(script).toContain(fix);
      chmodSync(folder, 0o755);
      chownSync(folder, 1000, 1000);
      const { script: owned } = failures(await hooks.call('qemu', call));
      expect(owned).toContain(`${folder} is not owned by root`);
      expect(owned).toContain(`\`chown root ${folder}\``);
      expect(hooks.exists('ran')).toBe(false);
    }
  });

  forRoot('hooks in /tmp are not run: others may write there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kvmvlan-open-'));
    const hooks = new Hooks({ [`${FOLDER}/script`]: sh('touch "$LIBVIRT_HOOK_ROOT/ran"') });
    symlinkSync(hooks.root, join(folder, 'hooks'));
    const run = await hooks.call('qemu', call, {
      through: ['/bin/sh', '-c', 'hook=$1; shift 2; exec "$hook" "$@"', 'sh', join(folder, 'hooks/qemu')],
    });
    rmSync(folder, { recursive: true });
    expect(run).toMatchObject({ status: 1 });
    expect(failures(run).script).toContain('/tmp can be written by users other than root');
    expect(hooks.exists('ran')).toBe(false);
  });

  forRoot("a chain of links through a folder of somebody else, though its end is root's", async () => {
    const hooks = new Hooks({ 'good.sh': sh('touch "$LIBVIRT_HOOK_ROOT/ran"'), 'home/alice/x': '' });
    hooks.write(`${FOLDER}/10-own`, sh('exit 0'));
    const home = join(hooks.root, 'home/alice');
    symlinkSync('../../good.sh', join(home, 'link'));
    symlinkSync('../home/alice/link', join(hooks.root, FOLDER, '20_x'));
    chownSync(home, 1000, 1000);
    const why = failures(await hooks.call('qemu', call));
    expect(why).toEqual({ '10-own': null, '20_x': notRoots(home) });
    expect(hooks.exists('ran')).toBe(false);
  });

  forRoot('the way of a process: what its link says is not where it leads', async () => {
    const hooks = new Hooks({ 'real/good.sh': sh('exit 0'), 'other/good.sh': sh('exit 0') });
    hooks.write(`${FOLDER}/x`, sh('exit 0'));
    // In this mount namespace alone another folder is there.
    const through = [
      '/bin/sh',
      '-c',
      `cd "$1/real"; ln -s "/proc/$$/cwd/good.sh" "$1/${FOLDER}/y"
       root=$1; shift; unshare --mount sh -c 'mount --bind "$0/other" "$0/real"; exec "$@"' "$root" "$@"`,
      'sh',
      hooks.root,
    ];
    const { y } = failures(await hooks.call('qemu', call, { through }));
    expect(y).toMatch(/^not run: .*\/y does not lead where its links point: move the file/);
  });

  forRoot('changed while a script before it ran: it is looked at right before its own run', async () => {
    const hooks = new Hooks({
      [`${FOLDER}/10_slow`]: sh('chmod 777 "$LIBVIRT_HOOK_ROOT/elsewhere"'),
      'elsewhere/x': sh('touch "$LIBVIRT_HOOK_ROOT/ran"'),
    });
    symlinkSync('../elsewhere/x', join(hooks.root, FOLDER, '20_x'));
    expect(failures(await hooks.call('qemu', call))).toEqual({
      '10_slow': null,
      '20_x': byOthers(join(hooks.root, 'elsewhere')),
    });
    expect(hooks.exists('ran')).toBe(false);
  });

  forRoot('a script sees the name in its phase folder as $0', async () => {
    const hooks = new Hooks({ 'elsewhere/x': sh('echo "$0"') });
    hooks.write(`${FOLDER}/10-own`, sh('exit 0'));
    symlinkSync('../elsewhere/x', join(hooks.root, FOLDER, '20_x'));
    await hooks.call('qemu', call);
    expect(hooks.read('logs/qemu_start_begin_VM1_20_x.log')).toContain(`\n${hooks.root}/${FOLDER}/20_x\n`);
  });
});
