import { Hooks, isRoot, sh, XML } from './hooks';
import { withMounts } from './mounts';

const forRoot = isRoot ? test.concurrent : test.concurrent.skip;

/** Sets the clock of a hook, and of the plugin in it, an hour on, each time that it looks. */
function setClock(hooks: Hooks, ...paths: string[]): void {
  const jump = '(()=>{let now=Date.now();Date.now=()=>now+=3600000;';
  for (const path of paths) hooks.write(path, hooks.read(path)?.replace('(()=>{', jump) ?? '');
}

/** Words that run a hook with a /run of its own, in which another has the lock for a second. */
const withLock = (root: string): string[] =>
  withMounts(
    root,
    `mount -t tmpfs none /run; mkdir /run/kvmvlan; exec 9>/run/kvmvlan/bridges.lock; flock 9; sleep 1 >/dev/null 2>&1 &`,
  );

describe('the clock is set while a hook runs: its limits count on', () => {
  test.concurrent('commands of a plugin', async () => {
    const hooks = new Hooks({
      'conf/vlan_filtering.conf': '[veth1]\nguest = *\n',
      'bin/bridge': sh('cat >/dev/null; echo nothing to say >&2; exit 1'),
    });
    hooks.installPlugin('vlan_filtering', 'qemu_start_begin.d');
    setClock(hooks, 'qemu', 'qemu_start_begin.d/vlan_filtering');
    const env = { PATH: `${hooks.root}/bin:/usr/sbin:/usr/bin:/sbin:/bin` };
    const run = await hooks.call('qemu', ['VM2', 'start', 'begin', '-'], { env, input: XML });
    expect(run).toMatchObject({ status: 1, lines: [{ outcome: 'failed' }] });
    expect(run.lines[0]?.reason).toMatch(isRoot ? /bridge: exit 1: nothing to say/ : /root/);
    expect(run.lines[0]?.ms).toBeLessThan(50_000);
  });

  forRoot('the lock of those who change bridges', async () => {
    const hooks = new Hooks({ 'conf/bridge_init.conf': '[no-such-br]\ntrunk-port = eth77\n' });
    hooks.installPlugin('bridge_init', 'daemon_start.d');
    setClock(hooks, 'daemon', 'daemon_start.d/bridge_init');
    const run = await hooks.call('daemon', ['-', 'start', '-', 'start'], { through: withLock(hooks.root) });
    expect(run).toMatchObject({ status: 0, lines: [{ outcome: 'ok', reason: null }] });
    expect(run.lines[0]?.ms).toBeGreaterThan(500);
  });
});
