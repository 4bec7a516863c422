import { describeKernel } from './describe_kernel';
import { buildExample, domainXml, EXAMPLE_TABLE } from './example_switch';
import { HOOKS, qemuHook } from './hooks';
import { announced, installSpies, SPIED, toldToChange } from './spy';
import { succeed } from './succeed';
import { port, vlanTable } from './vlan_table';

const SILENT = { status: 0, stdout: '', stderr: '' };

describeKernel('vlan_filtering in the life of a guest', (kernel) => {
  const hook = (operation: 'start' | 'started' | 'reconnect') =>
    qemuHook(kernel, 'VM1', operation, domainXml('VM1'), SPIED);
  const log = (phase: string) => succeed(kernel, `cat ${HOOKS}/logs/qemu_${phase}_VM1_vlan_filtering.log`);

  beforeAll(async () => {
    await buildExample(kernel);
    await succeed(kernel, 'ip link set br0 type bridge vlan_filtering 1');
    await installSpies(kernel);
    expect(await hook('start')).toEqual(SILENT);
  });
  afterEach(async () => {
    expect((await vlanTable(kernel)).veth0).toBe(EXAMPLE_TABLE.veth0);
  });

  test("start gives the guest's ports their VLANs, leaves all others alone, and logs what it did", async () => {
    expect(await vlanTable(kernel)).toMatchObject({
      veth1: port(1),
      veth2: port(1),
      eth0: port(1),
      br0: port(1),
    });
    const told = await toldToChange(kernel);
    const text = await log('start_begin');
    expect(told).toHaveLength(4);
    for (const command of told) expect(text).toContain(`veth0: ran ${command}\n`);
    expect(text).toMatch(/found PVID 1; wanted PVID 100, tagged 200,300\n/);
    expect(text).toMatch(/veth0: now PVID 100, tagged 200,300\n/);
    expect(text).toMatch(/done: 1 port as wanted, 1 changed, in \d+ ms\n/);
  });

  test('started finds all right: it gives no command, and the kernel sees no change', async () => {
    expect(await announced(kernel, async () => expect(await hook('started')).toEqual(SILENT))).toEqual([]);
    expect(await toldToChange(kernel)).toEqual([]);
    expect(await log('started_begin')).toMatch(/veth0: now PVID 100, tagged 200,300, right already/);
  });

  test('started takes away what somebody has added', async () => {
    await succeed(kernel, 'bridge vlan add dev veth0 vid 1 untagged; bridge vlan add dev veth0 vid 400-410');
    expect(await hook('started')).toEqual(SILENT);
    expect(await toldToChange(kernel)).toEqual([
      'bridge vlan del dev veth0 vid 1',
      'bridge vlan del dev veth0 vid 400-410',
    ]);
  });

  test('reconnect restores a VLAN that somebody has deleted, and nothing else', async () => {
    await succeed(kernel, 'bridge vlan del dev veth0 vid 200');
    expect(await hook('reconnect')).toEqual(SILENT);
    expect(await toldToChange(kernel)).toEqual(['bridge vlan add dev veth0 vid 200']);
    expect(await log('reconnect_begin')).toMatch(
      /found PVID 100, tagged 300; wanted PVID 100, tagged 200,300/,
    );
  });

  test('reconnect restores a PVID that somebody has moved', async () => {
    await succeed(kernel, 'bridge vlan add dev veth0 vid 300 pvid untagged');
    expect(await hook('reconnect')).toEqual(SILENT);
    expect(await toldToChange(kernel)).toHaveLength(2);
  });
});
