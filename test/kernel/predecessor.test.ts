import { EDITED, predecessorScripts, SHIPPED } from '../fixtures/predecessor';
import { describeKernel } from './describe_kernel';
import { buildExample, domainXml, EXAMPLE_TABLE } from './example_switch';
import { BRIDGE_INIT, configure, HOOKS, qemuHook, VLAN_FILTERING } from './hooks';
import { quote } from './quote';
import { succeed } from './succeed';
import { port, vlanTable } from './vlan_table';

/** As it was before any hook ran. */
const PLAIN = { eth0: port(1), br0: port(1), veth0: port(1), veth1: port(1), veth2: port(1) };
const GUESTS = ['VM1', 'VM2'];

describeKernel("the predecessor's confs", (kernel) => {
  const clear = ['eth0', 'veth0', 'veth1', 'veth2', 'br0'].map((dev) => {
    const self = dev === 'br0' ? ' self' : '';
    return `bridge vlan del dev ${dev} vid 1-4094${self}; bridge vlan add dev ${dev} vid 1 pvid untagged${self}`;
  });

  beforeAll(() => buildExample(kernel));
  beforeEach(() => succeed(kernel, clear.join('\n')));

  const byHand = async (): Promise<void> => {
    await succeed(kernel, BRIDGE_INIT);
    for (const guest of GUESTS) await succeed(kernel, `${VLAN_FILTERING} ${guest}`);
  };

  test('with their examples make the switch of the README, by hand', async () => {
    await configure(kernel, EDITED);
    await byHand();
    expect(await vlanTable(kernel)).toEqual(EXAMPLE_TABLE);
  });

  test('and by the hooks', async () => {
    await configure(kernel, EDITED);
    await succeed(kernel, `${HOOKS}/daemon - start - start`);
    for (const guest of GUESTS)
      expect(await qemuHook(kernel, guest, 'start', domainXml(guest))).toMatchObject({
        status: 0,
        stderr: '',
      });
    expect(await vlanTable(kernel)).toEqual(EXAMPLE_TABLE);
  });

  test('as they were shipped touch nothing, and stop no guest', async () => {
    await configure(kernel, SHIPPED);
    await succeed(kernel, BRIDGE_INIT);
    for (const guest of GUESTS)
      expect(await qemuHook(kernel, guest, 'start', domainXml(guest))).toMatchObject({
        status: 0,
        stderr: '',
      });
    expect(await vlanTable(kernel)).toEqual(PLAIN);
  });

  test('what its own scripts have set is right already', async () => {
    await configure(kernel, EDITED);
    for (const [path, text] of Object.entries(predecessorScripts()))
      await succeed(
        kernel,
        `mkdir -p /run/old/${path}; rmdir /run/old/${path}; printf %s ${quote(text)} >/run/old/${path}`,
      );
    await succeed(
      kernel,
      `python3 /run/old/daemon_start.d/bridge_init.py start ${HOOKS}/conf/bridge_init.conf`,
    );
    const filtering = `python3 /run/old/qemu_started_begin.d/vlan_filtering.py`;
    for (const guest of GUESTS)
      await succeed(kernel, `${filtering} ${guest} ${HOOKS}/conf/vlan_filtering.conf`);
    // It did not take the commas of its own sample.
    expect(await vlanTable(kernel)).toEqual({ ...EXAMPLE_TABLE, veth0: port(1) });
    await succeed(kernel, BRIDGE_INIT);
    const { stdout } = await kernel.run(`${VLAN_FILTERING} VM2 --json`);
    expect((JSON.parse(stdout) as { ports: object[] }).ports).toMatchObject([
      { port: 'veth1', commands: [] },
      { port: 'veth2', commands: [] },
    ]);
  });

  test('an error in [DEFAULT] stops the bridges and guests that inherit it, and no others', async () => {
    const lan = '[lan]\ntrunk-port = uplink1\n';
    await succeed(kernel, 'ip link add lan type bridge; ip link add uplink1 master lan type dummy');
    await configure(kernel, {
      bridge_init: `${EDITED.bridge_init.replace('br-tags =\n', 'br-tags = 5000\n')}${lan}`,
      vlan_filtering: EDITED.vlan_filtering.replace('tagged =\n', 'tagged = 5000\n'),
    });
    const init = await kernel.run(BRIDGE_INIT);
    expect(init.status).toBe(2);
    expect(init.stderr).toMatch(/bridge_init\.conf:\d+: \[DEFAULT\] br-tags = 5000: /);
    expect((await succeed(kernel, 'cat /sys/class/net/lan/bridge/vlan_filtering')).trim()).toBe('0');
    // [veth0] and [veth1] list their own; [veth2], which is VM2's, does not.
    const start = (guest: string) => qemuHook(kernel, guest, 'start', domainXml(guest));
    expect(await start('VM1')).toMatchObject({ status: 0, stderr: '' });
    expect((await start('VM2')).stderr).toMatch(/vlan_filtering\.conf:\d+: \[DEFAULT\] tagged = 5000: /);
    const { eth0, br0, veth0 } = EXAMPLE_TABLE;
    expect(await vlanTable(kernel)).toMatchObject({ eth0, br0, veth0, veth1: port(1), veth2: port(1) });
    expect(await start('VM3')).toMatchObject({ status: 0, stderr: '' });
  });
});
