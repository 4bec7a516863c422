import { describeKernel } from './describe_kernel';
import { plugInto } from './example_switch';
import { BRIDGE_INIT, domainXml, installHooks, qemuHook } from './hooks';
import { succeed } from './succeed';
import { port, vlanTable } from './vlan_table';

/** Names that the kernel takes, but that iproute2's batches read as a comment, a quote or a line that goes on. */
const ODD = ['w#1', '"w"', 'w"', 'back\\', 'w.100', '$w', 'w*', '-w'];
const VICTIM = 'w';

describeKernel('names that a batch of iproute2 would read as others', (kernel) => {
  beforeAll(async () => {
    const ports = ODD.map((name, index) => `[${name}]\npvid = ${10 + index}\n`);
    await installHooks(kernel, {
      vlan_filtering: ports.join(''),
      bridge_init: '[br#1]\ntrunk-port = eth#1\ntrunk-tags = 5\nbr-pvid = 7\n["br"]\nbr-pvid = 8\n',
    });
    await succeed(
      kernel,
      `ip link add name br type bridge vlan_filtering 1
       ip link add name 'br#1' type bridge; ip link add name '"br"' type bridge
       ip link add name 'eth#1' master 'br#1' type dummy`,
    );
    for (const name of [...ODD, VICTIM]) await plugInto(kernel, name, 'br');
  });

  test('ports get their VLANs all the same, and nobody else does', async () => {
    const xml = domainXml(
      'VM',
      ODD.map((dev) => ({ dev, bridge: 'br' })),
    );
    expect(await qemuHook(kernel, 'VM', 'start', xml)).toEqual({ status: 0, stdout: '', stderr: '' });
    const expected = Object.fromEntries(ODD.map((dev, index) => [dev, port(10 + index)]));
    expect(await vlanTable(kernel)).toMatchObject({ ...expected, [VICTIM]: port(1), br: port(1) });
  });

  test('bridges and trunks too', async () => {
    await succeed(kernel, BRIDGE_INIT);
    expect(await vlanTable(kernel)).toMatchObject({
      'br#1': port(7),
      'eth#1': port(1, 5),
      '"br"': port(8),
      br: port(1),
    });
    const filtering = await succeed(
      kernel,
      "cat '/sys/class/net/br#1/bridge/vlan_filtering' '/sys/class/net/\"br\"/bridge/vlan_filtering'",
    );
    expect(filtering).toBe('1\n1\n');
  });
});
