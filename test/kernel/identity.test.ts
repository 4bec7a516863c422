import { describeKernel } from './describe_kernel';
import { plugInto } from './example_switch';
import { HOOKS, installHooks, configure, qemuHook } from './hooks';
import { runningXml } from './status_file';
import { succeed } from './succeed';
import { port, vlanTable } from './vlan_table';

const UUID = '327216e4-de65-4828-96bd-017bd6b40a16';
const metadata = (ports: string): string =>
  `<kvmvlan:ports xmlns:kvmvlan='urn:kvmvlan:ports:1'>${ports}</kvmvlan:ports>`;

describeKernel('an interface is found by what it is', (kernel) => {
  const guest = {
    name: 'db1',
    uuid: UUID,
    interfaces: [
      { dev: 'vnet0', mac: '52:54:00:aa:bb:01' },
      { dev: 'vnet1', mac: '52:54:00:aa:bb:02', network: 'lan' },
    ],
  };

  beforeAll(async () => {
    await installHooks(kernel, { vlan_filtering: '' });
    await succeed(kernel, 'ip link add br0 up type bridge vlan_filtering 1');
    for (const dev of ['vnet0', 'vnet1']) await plugInto(kernel, dev, 'br0');
  });
  beforeEach(async () => {
    const reset = ['vnet0', 'vnet1'].map(
      (dev) => `bridge vlan del dev ${dev} vid 1-4094; bridge vlan add dev ${dev} vid 1 pvid untagged`,
    );
    await succeed(kernel, reset.join('\n'));
  });

  /** The two ports after `start begin` with a conf. */
  const start = async (conf: string, more: Partial<Parameters<typeof runningXml>[0]> = {}) => {
    await configure(kernel, { vlan_filtering: conf });
    const run = await qemuHook(kernel, 'db1', 'start', runningXml({ ...guest, ...more }));
    const { vnet0, vnet1 } = await vlanTable(kernel);
    const log = await succeed(kernel, `cat ${HOOKS}/logs/qemu_start_begin_db1_vlan_filtering.log`);
    return { status: run.status, stderr: run.stderr, ports: [vnet0, vnet1], log };
  };

  test.each([
    ['MAC', 'mac = 52:54:00:AA:BB:02'],
    ['place in the guest', 'guest = db1\nnic = 1'],
    ['alias', 'guest = db?\nalias = net1'],
    ['network', 'network = lan'],
    ["guest's UUID", `guest = ${UUID.toUpperCase()}\nnic = 1`],
  ])('by its %s', async (_, conditions) => {
    const { status, ports, log } = await start(`[a label]\n${conditions}\npvid = 20\ntagged = 30-31\n`);
    expect(status).toBe(0);
    expect(ports).toEqual([port(1), `${port(20)}, 30-31`]);
    expect(log).toContain(
      `vnet1: guest db1, interface 1 (52:54:00:aa:bb:02); wanted by ${HOOKS}/conf/vlan_filtering.conf:1: [a label] (`,
    );
  });

  test('the first section that matches counts, the last one is quarantine for all others', async () => {
    const { ports } = await start(
      '[db]\nguest = db1\nnic = 0\npvid = 20\n[rest]\nguest = *\nbridge = br0\npvid = 999\n',
    );
    expect(ports).toEqual([port(20), port(999)]);
  });

  test('a section that can never match is told', async () => {
    const { log } = await start(
      '[all]\nguest = *\nbridge = br0\npvid = 9\n[db]\nguest = db1\nbridge = br0\n',
    );
    expect(log).toContain('[db] can never match');
  });

  test("the guest's own metadata counts where no section does, or first, or not at all", async () => {
    const own = { metadata: metadata("<port nic='0' pvid='77' tagged='78-79'/>") };
    const section = '[s]\nguest = db1\nnic = 0\npvid = 5\n';
    expect((await start('', own)).ports).toEqual([`${port(77)}, 78-79`, port(1)]);
    expect((await start(section, own)).ports[0]).toBe(port(5));
    expect((await start(`[DEFAULT]\nmetadata = prefer\n${section}`, own)).ports[0]).toBe(
      `${port(77)}, 78-79`,
    );
    expect((await start('[DEFAULT]\nmetadata = off\n', own)).ports[0]).toBe(`${port(77)}, 78-79`);
  });

  test('metadata that cannot be read fails the start, with its own text', async () => {
    const { status, stderr, ports } = await start('', { metadata: metadata("<port nic='0' pvid='5000'/>") });
    expect(status).toBe(1);
    expect(stderr).toContain("<port nic='0' pvid='5000'/>");
    expect(stderr).toContain('not a VID');
    expect(ports).toEqual([port(1), port(1)]);
  });

  test("libvirt's own <vlan> is left to it, unless a section names the port", async () => {
    const own = { interfaces: [{ dev: 'vnet0', vlan: 44 }] };
    const left = await start('', own);
    expect(left.ports[0]).toBe(port(1));
    expect(left.log).toContain('its <vlan> is left to libvirt');
    const won = await start('[s]\nguest = db1\nnic = 0\npvid = 5\n', own);
    expect(won.ports[0]).toBe(port(5));
    expect(won.log).toContain("the guest's XML also has <vlan> for it; conf takes precedence");
  });

  test('modes: access, trunk with a native VLAN, none, native tagged, more untagged ones', async () => {
    const [access, trunk] = (
      await start(
        '[a]\nguest = db1\nnic = 0\nmode = access\npvid = 20\n[t]\nguest = db1\nnic = 1\nmode = trunk\nnative = 5\ntagged = 30\n',
      )
    ).ports;
    expect([access, trunk]).toEqual([port(20), port(5, 30)]);
    const [silent, tagged] = (
      await start(
        '[n]\nguest = db1\nnic = 0\nmode = none\n[t]\nguest = db1\nnic = 1\npvid = 5\nnative-mode = tagged\nuntagged = 6\n',
      )
    ).ports;
    expect([silent, tagged]).toEqual([undefined, '5 PVID, 6 Egress Untagged']);
  });

  test('flags are set by one command, read again, and left alone when right', async () => {
    const conf = '[f]\nguest = db1\nnic = 0\nisolated = yes\nlearning = no\nbpdu_guard = yes\n';
    const { status, log } = await start(conf);
    expect(status).toBe(0);
    expect(log).toContain('ran bridge link set dev vnet0 isolated on learning off guard on');
    const [link] = JSON.parse(await succeed(kernel, 'bridge -d -j link show dev vnet0')) as object[];
    expect(link).toMatchObject({ isolated: true, learning: false, guard: true, flood: true });
    expect((await start(conf)).log).not.toContain(': ran bridge');
  });
});
