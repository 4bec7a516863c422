import { EDITED, predecessorScripts, SHIPPED } from '../fixtures/predecessor';
import { Hooks, XML } from './hooks';

/** A guest with one interface, which no kernel here has. */
const xmlOf = (guest: string, dev: string): string =>
  XML.replaceAll('VM2', guest).replace("<target dev='veth1'/>", `<target dev='${dev}'/>`);

function installed(confs: Readonly<Record<string, string>>): Hooks {
  const files = Object.entries(confs).map(([name, text]) => [`conf/${name}.conf`, text]);
  const hooks = new Hooks(Object.fromEntries(files) as Record<string, string>);
  hooks.installPlugin('vlan_filtering', 'qemu_start_begin.d');
  hooks.installPlugin('bridge_init', 'daemon_start.d');
  return hooks;
}

describe("with the predecessor's confs", () => {
  test.concurrent('as they were shipped: no guest is stopped, and the daemon starts', async () => {
    const hooks = installed(SHIPPED);
    const start = await hooks.call('qemu', ['VM1', 'start', 'begin', '-'], { input: xmlOf('VM1', 'veth0') });
    expect(start).toMatchObject({ status: 0, stderr: '', lines: [{ outcome: 'ok', reason: null }] });
    const daemon = await hooks.call('daemon', ['-', 'start', '-', 'start']);
    expect(daemon).toMatchObject({ status: 0, stderr: '', lines: [{ outcome: 'ok', reason: null }] });
    expect(hooks.logs()).toEqual([
      'daemon_start_bridge_init.log',
      'dispatch.log',
      'qemu_start_begin_VM1_vlan_filtering.log',
    ]);
    expect(hooks.read('logs/qemu_start_begin_VM1_vlan_filtering.log')).toContain('nothing to do');
    expect(hooks.read('logs/daemon_start_bridge_init.log')).toContain('nothing to do');
  });

  test.concurrent('with a slip in [DEFAULT]: only guests whose sections inherit it are stopped', async () => {
    const hooks = installed({
      ...EDITED,
      vlan_filtering: EDITED.vlan_filtering.replace('tagged =\n', 'taged = 5\n'),
    });
    const starts = async (guest: string, dev: string) =>
      hooks.call('qemu', [guest, 'start', 'begin', '-'], { input: xmlOf(guest, dev) });
    const stopped = await starts('VM1', 'veth0');
    expect(stopped.status).toBe(1);
    expect(stopped.stderr).toMatch(
      /vlan_filtering\.conf:14: \[DEFAULT\] taged = 5: unknown key\..*Did you mean `tagged`\?/,
    );
    expect(await starts('VM3', 'veth9')).toMatchObject({ status: 0, stderr: '' });
  });
});

test.concurrent("the predecessor's own scripts run as under its hooks: arguments, logs", async () => {
  const { daemon: _daemon, qemu: _qemu, ...scripts } = predecessorScripts();
  const hooks = new Hooks({
    ...scripts,
    'conf/vlan_filtering.conf': EDITED.vlan_filtering.replaceAll('veth', 'no-veth'),
    'conf/bridge_init.conf': EDITED.bridge_init.replace('[br0]', '[no-br0]'),
  });
  expect(await hooks.call('qemu', ['VM2', 'started', 'begin', '-'])).toMatchObject({ status: 0, stderr: '' });
  expect(await hooks.call('daemon', ['-', 'start', '-', 'start'])).toMatchObject({ status: 0, stderr: '' });
  // Less the first and last line, which the dispatcher writes.
  const log = (name: string) => hooks.read(`logs/${name}`)?.trim().split('\n').slice(1, -1);
  expect(log('qemu_started_begin_VM2_vlan_filtering.log')).toEqual([
    'there is no interface no-veth1',
    'there is no interface no-veth2',
  ]);
  expect(log('daemon_start_bridge_init.log')).toEqual(['there is no bridge no-br0']);
});
