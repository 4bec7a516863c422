import { describeKernel } from './describe_kernel';
import { buildExample, EXAMPLE_TABLE, VLAN_FILTERING_CONF } from './example_switch';
import { configure, HOOKS, VLAN_FILTERING } from './hooks';
import { announced, installSpies, SPIED, toldToChange, toldTools } from './spy';
import { succeed } from './succeed';
import { port, vlanTable } from './vlan_table';

const AS_NOBODY = 'setpriv --reuid=65534 --regid=65534 --clear-groups';

interface Report {
  status: number;
  ports: { port: string; commands: string[]; problem: unknown }[];
}

describeKernel('vlan_filtering by hand', (kernel) => {
  const wouldRun = (output: string) =>
    output.split('\n').flatMap((line) => line.split(': would run ').slice(1));
  const conf = (text: string) => configure(kernel, { vlan_filtering: text });
  const clear =
    'for port in veth0 veth1 veth2; do bridge vlan del dev $port vid 1-4094; bridge vlan add dev $port vid 1 pvid untagged; done';

  beforeAll(async () => {
    await buildExample(kernel);
    await succeed(kernel, 'ip link set br0 type bridge vlan_filtering 1');
    await installSpies(kernel);
  });
  beforeEach(async () => {
    await conf(VLAN_FILTERING_CONF);
    await succeed(kernel, clear);
    await toldTools(kernel);
  });

  test('--dry-run changes nothing, and its commands, run by a shell, do what a run does', async () => {
    const before = await vlanTable(kernel);
    const { status, stdout, stderr } = await kernel.run(`${SPIED} ${VLAN_FILTERING} VM1 --dry-run`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(await toldToChange(kernel)).toEqual([]);
    expect(await vlanTable(kernel)).toEqual(before);
    await succeed(kernel, wouldRun(stdout).join('\n'));
    expect(await vlanTable(kernel)).toEqual({ ...before, veth0: EXAMPLE_TABLE.veth0 });
  });

  test('--json tells the commands that were run; a second run has none, and the kernel sees no change', async () => {
    const run = async () =>
      JSON.parse(await succeed(kernel, `${SPIED} ${VLAN_FILTERING} VM2 --json`)) as Report;
    let first: Report = { status: NaN, ports: [] };
    expect(await announced(kernel, async () => (first = await run()))).not.toEqual([]);
    const told = await toldToChange(kernel);
    expect(told).toHaveLength(4);
    expect(first.ports.flatMap(({ commands }) => commands).sort()).toEqual(told.sort());
    let second: Report | undefined;
    expect(await announced(kernel, async () => (second = await run()))).toEqual([]);
    expect(await toldToChange(kernel)).toEqual([]);
    const { veth1, veth2 } = EXAMPLE_TABLE;
    expect(await vlanTable(kernel)).toMatchObject({ veth0: port(1), veth1, veth2 });
    expect(second).toMatchObject({
      status: 0,
      ports: [
        { port: 'veth1', commands: [] },
        { port: 'veth2', commands: [] },
      ],
    });
  });

  test('another conf file', async () => {
    await succeed(
      kernel,
      `sed 's/pvid = 100/pvid = 111/' ${HOOKS}/conf/vlan_filtering.conf >/run/other.conf
      ${VLAN_FILTERING} VM1 /run/other.conf`,
    );
    expect(await vlanTable(kernel)).toMatchObject({ veth0: port(111, 200, 300) });
  });

  test("an error in the guest's section: exit 2, and no tool is even asked", async () => {
    await conf(VLAN_FILTERING_CONF.replace('200,300', '200 4095'));
    const { status, stderr } = await kernel.run(`${SPIED} ${VLAN_FILTERING} VM1`);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /vlan_filtering\.conf:4: \[veth0\] tagged = 200 4095: .*4095.* Allowed: VIDs from 1 to 4094/,
    );
    expect(await toldTools(kernel)).toEqual([]);
  });

  test("an error in another guest's section is a warning", async () => {
    await conf(VLAN_FILTERING_CONF.replace('pvid = 300', 'pvid = 3oo'));
    const { status, stderr } = await kernel.run(`${VLAN_FILTERING} VM1`);
    expect(status).toBe(0);
    expect(stderr).toMatch(/warning: .*vlan_filtering\.conf:13: \[veth2\] pvid = 3oo: .*VM1/);
    expect(await vlanTable(kernel)).toMatchObject({ veth0: EXAMPLE_TABLE.veth0 });
  });

  test('without root it says so at once and asks no tool; --dry-run works', async () => {
    // An ordinary user's own network knows no other user.
    if ((await kernel.run(`${AS_NOBODY} true`)).status !== 0) return;
    await succeed(kernel, 'chmod 777 /run/spy');
    const { status, stderr } = await kernel.run(`${SPIED} ${AS_NOBODY} ${VLAN_FILTERING} VM1`);
    expect(status).toBe(1);
    expect(stderr).toMatch(/only root .*sudo vlan_filtering VM1/);
    expect(await toldTools(kernel)).toEqual([]);
    const dryRun = await succeed(kernel, `${AS_NOBODY} ${VLAN_FILTERING} VM1 --dry-run`);
    expect(wouldRun(dryRun)).toHaveLength(4);
  });
});
