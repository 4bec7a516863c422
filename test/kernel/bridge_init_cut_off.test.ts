import { describeKernel } from './describe_kernel';
import { PLAIN_BRIDGE, plugInto } from './example_switch';
import { BRIDGE_INIT, configure, domainXml, HOOKS, installHooks, qemuHook } from './hooks';
import { succeed } from './succeed';
import { port, vlanTable } from './vlan_table';

const CUTS = '[br0]\ntrunk-port = eth0\ntrunk-pvid = 1\nbr-pvid = 999\n';

describeKernel('a conf that would disconnect the host', (kernel) => {
  const addressed = async () => {
    await succeed(kernel, `${PLAIN_BRIDGE}\nip addr add 192.0.2.1/24 dev br0`);
    return vlanTable(kernel);
  };

  beforeAll(() => installHooks(kernel, { bridge_init: CUTS, vlan_filtering: '' }));
  beforeEach(() => kernel.run('ip link del br0; ip link del eth0'));

  test('is refused when libvirt starts, and told', async () => {
    const before = await addressed();
    const { status, stderr } = await kernel.run(`cd /; ${HOOKS}/daemon - start - start`);
    expect(stderr).toMatch(/would disconnect the host: 192\.0\.2\.1\/24 on br0/);
    expect(stderr).toMatch(/allow-cut-off = yes/);
    expect(status).toBe(1);
    expect(await vlanTable(kernel)).toEqual(before);
    expect(await succeed(kernel, 'cat /sys/class/net/br0/bridge/vlan_filtering')).toBe('0\n');
  });

  test('is refused by hand, unless it is forced', async () => {
    const before = await addressed();
    expect(await kernel.run(BRIDGE_INIT)).toMatchObject({ status: 1 });
    expect(await vlanTable(kernel)).toEqual(before);
    expect(await kernel.run(`${BRIDGE_INIT} --force`)).toMatchObject({ status: 0 });
    expect(await vlanTable(kernel)).toMatchObject({ br0: port(999) });
  });

  test('is followed where it says that this is meant', async () => {
    await configure(kernel, { bridge_init: `${CUTS}allow-cut-off = yes\n` });
    await addressed();
    expect(await kernel.run(`cd /; ${HOOKS}/daemon - start - start`)).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(await vlanTable(kernel)).toMatchObject({ br0: port(999) });
  });

  test("is not brought about by a guest's start, where trunks carry what is needed by themselves", async () => {
    await addressed();
    await configure(kernel, {
      bridge_init:
        '[br0]\ntrunk-port = eth0\ntrunk-pvid = none\ntrunk-tags = auto\nbr-pvid = none\nbr-tags = 10\n',
      vlan_filtering: '[vnet0]\nguest = VM1\npvid = 100\n',
    });
    await succeed(kernel, 'ip link set br0 type bridge vlan_filtering 1');
    expect(await kernel.run(BRIDGE_INIT)).toMatchObject({ status: 1 });
    await plugInto(kernel, 'vnet0', 'br0');
    const xml = domainXml('VM1', [{ dev: 'vnet0', bridge: 'br0' }]);
    for (const operation of ['start', 'started', 'reconnect'] as const)
      expect(await qemuHook(kernel, 'VM1', operation, xml)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await vlanTable(kernel)).toMatchObject({ br0: port(1), eth0: port(1, 100), vnet0: port(100) });
  });

  test('is noticed where the native VLAN of the trunk leaves tagged', async () => {
    await addressed();
    await succeed(
      kernel,
      `ip link set br0 type bridge vlan_filtering 1
       bridge vlan add dev br0 vid 7 pvid untagged self; bridge vlan add dev eth0 vid 7 pvid`,
    );
    await configure(kernel, { bridge_init: '[br0]\ntrunk-port = eth0\ntrunk-tags = 5\n' });
    const before = await vlanTable(kernel);
    const { status, stderr } = await kernel.run(BRIDGE_INIT);
    expect(stderr).toContain('192.0.2.1/24 on br0 is reachable through eth0 (VLAN 7) now');
    expect(status).toBe(1);
    expect(await vlanTable(kernel)).toEqual(before);
  });
});
