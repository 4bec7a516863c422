import { describeKernel } from './describe_kernel';
import { buildExample, domainXml, GUESTS } from './example_switch';
import { HOOKS } from './hooks';
import { succeed } from './succeed';
import { vlanTable } from './vlan_table';

const KVMVLAN = `${HOOKS}/bin/kvmvlan`;

interface Finding {
  item: string;
  code: string;
  level: string;
  message: string;
  remedy: string | null;
}

describeKernel('kvmvlan check, explain and simulate', (kernel) => {
  const [guest = ''] = Object.keys(GUESTS);
  const findings = async (...items: string[]): Promise<Finding[]> => {
    const { status, stdout, stderr } = await kernel.run(`${KVMVLAN} check --json`);
    expect(stderr).toBe('');
    const report = JSON.parse(stdout) as { status: number; findings: Finding[] };
    expect(report.status).toBe(status);
    return report.findings.filter(({ item }) => items.includes(item));
  };
  const levels = (found: Finding[]) => found.map(({ item, level }) => `${item} ${level}`);

  beforeAll(async () => {
    await buildExample(kernel);
    await succeed(kernel, 'mkdir -p /run/libvirt/qemu');
    for (const name of Object.keys(GUESTS))
      await kernel.run(`cat >/run/libvirt/qemu/${name}.xml`, { stdin: domainXml(name) });
  });

  test('a bridge that does not filter is told, and its remedy mends it', async () => {
    const [found] = await findings('filtering');
    expect(found).toMatchObject({ level: 'failure', remedy: 'sudo bridge_init' });
    await succeed(kernel, `${HOOKS}/daemon_start.d/bridge_init`);
    expect(levels(await findings('filtering', 'uplink'))).toEqual(['filtering ok', 'uplink ok']);
  });

  test('simulate tells the commands and changes nothing', async () => {
    const before = await vlanTable(kernel);
    const stdout = await succeed(kernel, `${KVMVLAN} simulate ${guest} start begin`);
    expect(stdout).toContain('  | veth0: would run bridge vlan add dev veth0 vid 100 pvid untagged\n');
    expect(stdout).toContain('The hook would end with status 0.\n');
    expect(await vlanTable(kernel)).toEqual(before);
  });

  test('a guest in VLAN 1 although conf says otherwise, and its remedy', async () => {
    const [found] = await findings('ports');
    expect(found).toMatchObject({
      level: 'failure',
      code: 'port-differs',
      remedy: `sudo vlan_filtering ${guest}`,
    });
    expect(await findings('vlan1')).toEqual([]);
    expect(await succeed(kernel, `${KVMVLAN} explain ${guest}`)).toContain('- NOT as wanted');
    await succeed(kernel, `${HOOKS}/qemu_start_begin.d/vlan_filtering --all`);
    expect(levels(await findings('ports'))).toEqual(['ports ok']);
    expect(await succeed(kernel, `${KVMVLAN} explain ${guest}`)).toContain('- as wanted');
    expect(levels(await findings('trunk'))).toEqual(['trunk ok']);
  });

  test('a bridge that is down, and its remedy', async () => {
    await succeed(kernel, 'ip link set br0 down');
    // Its ports, which the kernel disables, are not reported.
    const found = (await findings('ports', 'trunk', 'uplink')).filter(({ level }) => level !== 'ok');
    expect(found.map(({ code }) => code)).toEqual(['bridge-down']);
    await succeed(kernel, (found[0]?.remedy ?? '').replace('sudo ', ''));
    expect(levels(await findings('uplink'))).toEqual(['uplink ok']);
  });

  test('a VLAN that a guest needs is taken off the trunk', async () => {
    await succeed(kernel, 'bridge vlan del dev eth0 vid 300');
    const [found] = await findings('trunk');
    expect(found).toMatchObject({ level: 'warning' });
    expect(found?.message).toMatch(/^no trunk of br0 \(eth0\) carries VLAN 300 of guest VM\d/);
  });

  test('STP, and its remedy', async () => {
    await succeed(kernel, 'ip link set br0 type bridge stp_state 1');
    const [found] = await findings('stp');
    expect(found).toMatchObject({ level: 'warning' });
    expect(found?.message).toContain('forwards nothing for 30 s');
    await succeed(kernel, (found?.remedy ?? '').replace('sudo ', ''));
    expect(levels(await findings('stp'))).toEqual(['stp ok']);
  });

  test('the uplink loses its cable, and then its place in the bridge', async () => {
    await succeed(kernel, 'ip link set outside down');
    expect(await findings('uplink')).toMatchObject([
      { level: 'failure', message: 'trunk eth0 of bridge br0 is down or has no cable' },
    ]);
    await succeed(kernel, 'ip link set outside up; ip link set eth0 nomaster');
    const [found] = await findings('uplink');
    expect(found?.remedy).toBe('sudo ip link set dev eth0 master br0 up && sudo bridge_init');
  });
});
