import { describeKernel } from './describe_kernel';
import { whoHears, whoHearsEach } from './frames';
import { succeed } from './succeed';

/** A bridge with two guests at veths and an uplink whose other end is "outside". */
const SWITCH = `
ip link add br0 type bridge vlan_filtering 1
for pair in guest1:port1 guest2:port2 outside:eth0; do
  ip link add "\${pair%:*}" type veth peer name "\${pair#*:}"
  ip link set "\${pair%:*}" up
  ip link set "\${pair#*:}" master br0 up
done
ip link set br0 up
`;
const everyone = ['guest1', 'guest2', 'outside', 'br0'];

describeKernel('a bridge of the real kernel', (kernel) => {
  beforeEach(async () => {
    await kernel.reset();
    await succeed(kernel, SWITCH);
  });

  test('all are in VLAN 1 at first', async () => {
    expect(await whoHears(kernel, { from: 'guest1', listen: everyone })).toEqual({
      guest2: 'untagged',
      outside: 'untagged',
      br0: 'untagged',
    });
  });

  test('PVIDs part guests, and a trunk carries the tag', async () => {
    await succeed(
      kernel,
      `bridge vlan del dev port1 vid 1; bridge vlan add dev port1 vid 100 pvid untagged
       bridge vlan add dev port2 vid 200
       bridge vlan add dev eth0 vid 100; bridge vlan add dev eth0 vid 200`,
    );
    const heard = await whoHearsEach(kernel, [
      { from: 'guest1', listen: everyone },
      { from: 'outside', vid: 100, listen: everyone },
      { from: 'outside', vid: 200, listen: everyone },
      { from: 'guest2', vid: 200, listen: everyone },
      { from: 'guest1', vid: 200, listen: everyone },
      { from: 'br0', listen: everyone },
    ]);
    expect(heard).toEqual([
      { outside: 100 },
      { guest1: 'untagged' },
      { guest2: 200 },
      { outside: 200 },
      {},
      { guest2: 'untagged', outside: 'untagged' },
    ]);
  });

  test('the bridge itself hears only the VLANs it has a part in', async () => {
    await succeed(
      kernel,
      'bridge vlan add dev port1 vid 30; bridge vlan add dev port1 vid 40; bridge vlan add dev br0 vid 40 self',
    );
    const [without, withPart] = await whoHearsEach(kernel, [
      { from: 'guest1', vid: 30, listen: everyone },
      { from: 'guest1', vid: 40, listen: everyone },
    ]);
    expect(without).toEqual({});
    expect(withPart).toEqual({ br0: 40 });
  });

  test('a guest at a tap sends and hears; unplugged, its port is gone', async () => {
    await kernel.plug('vnet0');
    await succeed(
      kernel,
      'ip link set vnet0 master br0 up; bridge vlan add dev vnet0 vid 7; bridge vlan add dev port1 vid 7',
    );
    const heard = await whoHearsEach(kernel, [
      { from: 'vnet0', listen: everyone },
      { from: 'vnet0', vid: 7, listen: everyone },
      { from: 'guest1', vid: 7, listen: ['vnet0'] },
    ]);
    expect(heard).toEqual([
      { guest1: 'untagged', guest2: 'untagged', outside: 'untagged', br0: 'untagged' },
      { guest1: 7 },
      { vnet0: 7 },
    ]);
    await kernel.unplug('vnet0');
    expect(await kernel.run('ip link show vnet0')).toMatchObject({ status: 1 });
  });

  test('a port can be listened to for what leaves the bridge there', async () => {
    await succeed(
      kernel,
      'ip link add uplink type dummy; ip link set uplink master br0 up; bridge vlan add dev uplink vid 9; bridge vlan add dev port1 vid 9',
    );
    const heard = await whoHearsEach(kernel, [
      { from: 'guest1', vid: 9, listen: ['uplink', 'port1'] },
      { from: 'guest1', listen: ['uplink'] },
    ]);
    expect(heard).toEqual([{ uplink: 9 }, { uplink: 'untagged' }]);
  });

  test('several tags, and those of 802.1ad', async () => {
    await succeed(kernel, 'bridge vlan add dev port1 vid 5; bridge vlan add dev eth0 vid 5');
    const heard = await whoHearsEach(kernel, [
      { from: 'guest1', vid: [5, 6], listen: everyone },
      { from: 'guest1', vid: [['802.1ad', 5]], listen: ['guest2'] },
    ]);
    expect(heard).toEqual([{ outside: '802.1Q 5, 802.1Q 6' }, { guest2: '802.1ad 5' }]);
  });

  test('a port is not sent from: that would be the bridge', async () => {
    await expect(whoHears(kernel, { from: 'port1', listen: ['guest2'] })).rejects.toThrow(
      /port1 is a port: send from/,
    );
  });

  test('a batch of bridge commands prints one JSON array for each show', async () => {
    const stdout = await succeed(kernel, 'bridge -j -batch -', {
      stdin: 'vlan show dev port1\nvlan show dev br0\n',
    });
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      [{ ifname: 'port1' }],
      [{ ifname: 'br0' }],
    ]);
  });
});
