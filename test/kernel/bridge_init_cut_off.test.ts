import { describeKernel } from './describe_kernel';
import { PLAIN_BRIDGE } from './example_switch';
import { BRIDGE_INIT, configure, HOOKS, installHooks } from './hooks';
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
});
