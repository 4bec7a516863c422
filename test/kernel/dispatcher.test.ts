import { describeKernel } from './describe_kernel';
import { buildExample, domainXml, EXAMPLE_TABLE } from './example_switch';
import { BRIDGE_INIT_CONF, VLAN_FILTERING_CONF } from './example_switch';
import { configure, HOOKS, qemuHook } from './hooks';
import { succeed } from './succeed';
import { port, vlanTable } from './vlan_table';

const NETWORK_XML = `<hookData><network><name>lan</name><bridge name='virbr7'/></network></hookData>`;
const SILENT = { status: 0, stdout: '', stderr: '' };

describeKernel('the hooks as libvirt calls them', (kernel) => {
  const call = (words: string, stdin = '') => kernel.run(`cd /; ${HOOKS}/${words}`, { stdin });

  beforeAll(async () => {
    await buildExample(kernel, { bridge_init: `${BRIDGE_INIT_CONF}\n[virbr7]\nbr-pvid = 7\n` });
  });

  test("the daemon's start makes the switch; a bridge that libvirt makes later is no failure", async () => {
    expect(await call('daemon - start - start')).toEqual(SILENT);
    const log = await succeed(kernel, `cat ${HOOKS}/logs/daemon_start_bridge_init.log`);
    expect(log).toMatch(/warning: there is no bridge virbr7/);
    const { eth0, br0 } = EXAMPLE_TABLE;
    expect(await vlanTable(kernel)).toMatchObject({ eth0, br0 });
  });

  test("the network's start makes that bridge a switch too", async () => {
    await succeed(kernel, 'ip link add virbr7 type bridge');
    expect(await call('network lan started begin -', NETWORK_XML)).toEqual(SILENT);
    expect(await vlanTable(kernel)).toMatchObject({ virbr7: port(7) });
  });

  test('a reload of the daemon heals what somebody broke', async () => {
    await succeed(kernel, 'ip link set br0 type bridge vlan_filtering 0; bridge vlan del dev eth0 vid 300');
    expect(await call('daemon - reload begin SIGHUP')).toEqual(SILENT);
    expect(await vlanTable(kernel)).toMatchObject({ eth0: EXAMPLE_TABLE.eth0 });
    expect(await succeed(kernel, 'cat /sys/class/net/br0/bridge/vlan_filtering')).toBe('1\n');
  });

  test('start fails where the conf cannot be read, with file, line and what to do; the port is untouched', async () => {
    await configure(kernel, { vlan_filtering: VLAN_FILTERING_CONF.replace('pvid = 100', 'pvdi = 100') });
    const { status, stdout, stderr } = await qemuHook(kernel, 'VM1', 'start', domainXml('VM1'));
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(
      /^kvmvlan: .*vlan_filtering\.conf:3: \[veth0\] pvdi = 100: unknown key.*Did you mean `pvid`\?.*\(log: .*\)\n$/,
    );
    expect(await vlanTable(kernel)).toMatchObject({ veth0: port(1) });
  });

  test.each(['started', 'reconnect'] as const)(
    '%s says the same and lets the guest live',
    async (operation) => {
      const { status, stderr } = await qemuHook(kernel, 'VM1', operation, domainXml('VM1'));
      expect(status).toBe(0);
      expect(stderr).toMatch(/vlan_filtering\.conf:3: \[veth0\] pvdi = 100: unknown key/);
    },
  );

  test('a failure of the daemon hook is told, for libvirt to log', async () => {
    await configure(kernel, { bridge_init: BRIDGE_INIT_CONF.replace('1\n', 'one\n') });
    const { status, stderr } = await call('daemon - start - start');
    expect(status).toBe(1);
    expect(stderr).toMatch(/bridge_init\.conf:3: \[br0\] trunk-pvid = one: not a VID\. Allowed: a VID/);
  });

  test('where the bridge has gone, start fails and says that its port is in none', async () => {
    await configure(kernel, { vlan_filtering: VLAN_FILTERING_CONF });
    await succeed(kernel, 'ip link del br0');
    const { status, stderr } = await qemuHook(kernel, 'VM1', 'start', domainXml('VM1'));
    expect(status).toBe(1);
    expect(stderr).toMatch(/port veth0 of guest VM1: it is not in a Linux bridge/);
  });
});
