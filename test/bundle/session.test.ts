import { chmodSync } from 'node:fs';
import { Hooks, isRoot } from './hooks';

const forRoot = isRoot ? test.concurrent : test.concurrent.skip;

const CONF = '[tap0]\nguest = boxes\npvid = 5\n';
const domain = (iface: string) => `<domain><name>boxes</name><devices>${iface}</devices></domain>`;
const USER = "<interface type='user'><target dev='net0'/></interface>";
const BY_HELPER = "<interface type='bridge'><source bridge='br0'/><target dev='tap0'/></interface>";

/** Calls of a daemon that an ordinary user runs, as qemu:///session is. */
describe("a session's libvirt", () => {
  function called(driver: string, words: readonly string[], input = '') {
    const hooks = new Hooks({ 'conf/vlan_filtering.conf': CONF, 'conf/bridge_init.conf': '[br0]\n' });
    for (const phase of [
      'qemu_start_begin.d',
      'qemu_started_begin.d',
      'qemu_stopped_end.d',
      'daemon_reload.d',
    ])
      hooks.installPlugin('vlan_filtering', phase);
    hooks.installPlugin('bridge_init', 'daemon_start.d');
    chmodSync(hooks.root, 0o755);
    return hooks.call(driver, words, {
      input,
      through: ['/usr/bin/setpriv', '--reuid=65533', '--regid=65533', '--clear-groups'],
    });
  }

  forRoot.each<[driver: string, words: string[], input: string]>([
    ['qemu', ['boxes', 'start', 'begin', '-'], domain(USER)],
    ['qemu', ['boxes', 'started', 'begin', '-'], domain(USER)],
    ['qemu', ['boxes', 'stopped', 'end', '-'], domain(USER)],
    ['daemon', ['-', 'start', '-', 'start'], ''],
    ['daemon', ['-', 'reload', 'begin', 'SIGHUP'], ''],
  ])('%s %j: nothing to do', async (driver, words, input) => {
    const { status, stderr } = await called(driver, words, input);
    expect(status).toBe(0);
    // The logs are root's.
    expect(stderr).toMatch(/^(kvmvlan: cannot write .*\/logs\/.*\n)*$/);
  });

  forRoot('a port that conf names cannot be set: the guest does not start', async () => {
    const run = await called('qemu', ['boxes', 'start', 'begin', '-'], domain(BY_HELPER));
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('only root may change the VLANs of a bridge');
  });
});
