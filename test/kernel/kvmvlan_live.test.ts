import { describeKernel } from './describe_kernel';
import { BRIDGE_INIT_CONF, buildExample, plugInto, VLAN_FILTERING_CONF } from './example_switch';
import { configure, interfaceXml, VLAN_FILTERING } from './hooks';
import { KVMVLAN, runGuests } from './kvmvlan';
import { quote } from './quote';
import { succeed } from './succeed';
import { port, vlanTable } from './vlan_table';

const SECOND = '[br1]\ntrunk-port = eth9\ntrunk-tags = auto\nbr-pvid = 1\n';
const MORE = '[vnet7]\nguest = VM3\npvid = 42\n[vnet8]\nguest = VM4\npvid = 500\n';

interface Status {
  status: string;
  bridges: {
    name: string;
    filtering: boolean;
    ports: {
      name: string;
      role: string;
      guest: string | null;
      state: string;
      drift: string | null;
      pvid: number;
    }[];
  }[];
}

describeKernel('kvmvlan on a host with two bridges', (kernel) => {
  const runGuest = async (name: string, dev: string, bridge: string): Promise<void> => {
    await plugInto(kernel, dev, bridge);
    const devices = `<devices>\n${interfaceXml({ dev, bridge }, 0)}\n</devices>`;
    const xml = `<domstatus state='running'>\n<domain type='kvm'><name>${name}</name>${devices}</domain></domstatus>\n`;
    await succeed(kernel, `printf %s ${quote(xml)} >/run/libvirt/qemu/${name}.xml`);
  };
  const status = async (...args: string[]): Promise<Status & { exit: number | null }> => {
    const { status: exit, stdout } = await kernel.run(`${KVMVLAN} status --json ${args.join(' ')}`);
    return { ...(JSON.parse(stdout) as Status), exit };
  };
  const stateOf = ({ bridges }: Status, name: string) =>
    bridges.flatMap(({ ports }) => ports).find((one) => one.name === name);

  beforeAll(async () => {
    await buildExample(kernel, {
      bridge_init: BRIDGE_INIT_CONF + SECOND,
      vlan_filtering: `${VLAN_FILTERING_CONF}\n${MORE}`,
    });
    await runGuests(kernel);
    await succeed(
      kernel,
      'ip link add br1 up type bridge; ip link add far up type veth peer name eth9; ip link set eth9 master br1 up',
    );
    await runGuest('VM3', 'vnet7', 'br1');
    await succeed(kernel, `${KVMVLAN} apply --yes`);
  });

  test('status tells both as the kernel does', async () => {
    const told = await status();
    expect(told).toMatchObject({ exit: 0, status: 'ok' });
    expect(told.bridges.map(({ name, filtering }) => [name, filtering])).toEqual([
      ['br0', true],
      ['br1', true],
    ]);
    expect(told.bridges[1]?.ports.map(({ name, role, guest, pvid }) => [name, role, guest, pvid])).toEqual([
      ['eth9', 'trunk', null, 1],
      ['br1', 'host', null, 1],
      ['vnet7', 'guest', 'VM3', 42],
    ]);
    expect(await vlanTable(kernel)).toMatchObject({
      eth9: port(1, 42),
      vnet7: port(42),
      veth0: port(100, 200, 300),
    });
    const ofOne = await status('VM3');
    expect(ofOne.bridges.map(({ ports }) => ports.map(({ name }) => name))).toEqual([['vnet7']]);
  });

  test('a port in the wrong bridge, a bridge that does not filter, one that is down: none of it is ok', async () => {
    await succeed(kernel, 'ip link set vnet7 master br0; bridge vlan del dev vnet7 vid 1');
    await succeed(kernel, 'bridge vlan add dev vnet7 vid 42 pvid untagged');
    const moved = await status('VM3');
    expect(moved).toMatchObject({ exit: 1, status: 'drift' });
    expect(stateOf(moved, 'vnet7')).toMatchObject({ state: 'drift', drift: 'in br0, not br1' });
    expect((await kernel.run(`${KVMVLAN} explain VM3`)).stdout).toMatch(
      /PVID 42 - NOT as wanted\n.*in br0, not br1/,
    );
    await succeed(kernel, 'ip link set vnet7 master br1; ip link set br1 type bridge vlan_filtering 0');
    await succeed(kernel, 'bridge vlan add dev vnet7 vid 42 pvid untagged; bridge vlan del dev vnet7 vid 1');
    expect(stateOf(await status('VM3'), 'vnet7')?.drift).toBe('bridge br1 does not filter VLANs');
    await succeed(kernel, 'ip link set br1 type bridge vlan_filtering 1; ip link set br1 down');
    const down = await status('br1');
    expect([down.exit, stateOf(down, 'br1')?.state]).toEqual([1, 'down']);
    await succeed(kernel, 'ip link set br1 up');
    expect(await status('br1')).toMatchObject({ exit: 0 });
  });

  test('diagram draws both, in every form', async () => {
    const draw = (form: string) => succeed(kernel, `${KVMVLAN} diagram ${form}`);
    const svg = await draw('--svg');
    expect(svg).toMatch(/^<svg [^]*<title>VLAN switch br0, br1<\/title>[^]*<\/svg>\n$/);
    const mermaid = await draw('--mermaid');
    expect(mermaid).toMatch(/^flowchart LR\n/);
    const text = await draw('');
    for (const name of ['br0', 'br1', 'eth0', 'eth9', 'VM1', 'VM2', 'VM3', 'veth2', 'vnet7'])
      for (const drawn of [svg, mermaid, text]) expect(drawn).toContain(name);
    expect(mermaid).toMatch(/switch1 ---\|"vnet7.*PVID 42"\|/);
    expect(await draw('br1')).toMatch(/┤ PVID 1 +PVID 42 ├── vnet7/);
  });

  test('undo: a port that has gone is passed over, a new one keeps its VLANs, also on the trunk', async () => {
    await configure(kernel, {
      bridge_init: BRIDGE_INIT_CONF.replace(/trunk-tags = .*/, 'trunk-tags = auto').replace(
        'br-tags = 200',
        'br-tags = 400',
      ),
    });
    const before = await vlanTable(kernel);
    await succeed(kernel, `${KVMVLAN} apply --yes --confirm 600`);
    expect(await vlanTable(kernel)).toMatchObject({ br0: port(1, 400), eth0: port(1, 100, 200, 300, 400) });
    await succeed(kernel, 'ip link set veth2 nomaster');
    await runGuest('VM4', 'vnet8', 'br0');
    await succeed(kernel, `${VLAN_FILTERING} VM4`);
    expect(await vlanTable(kernel)).toMatchObject({ vnet8: port(500) });
    expect(await succeed(kernel, `${KVMVLAN} undo`)).toMatch(
      /^Rolled back with \d+ commands?: the change is undone\.\n.*bridge_init\.conf is restored/,
    );
    const { veth2: _gone, ...rest } = before;
    expect(await vlanTable(kernel)).toEqual({ ...rest, eth0: port(1, 100, 200, 300, 500), vnet8: port(500) });
    expect((await kernel.run(`${KVMVLAN} confirm`)).stderr).toContain('nothing waits to be confirmed');
  });
});
