import { describeKernel } from './describe_kernel';
import { BRIDGE_INIT_CONF, EXAMPLE_TABLE, PLAIN_BRIDGE } from './example_switch';
import { BRIDGE_INIT, HOOKS, installHooks } from './hooks';
import { installSpies, SPIED, toldToChange } from './spy';
import { succeed } from './succeed';
import { port, vlanTable } from './vlan_table';

const LOCK = '/run/kvmvlan/bridges.lock';
const { br0, eth0 } = EXAMPLE_TABLE;

describeKernel('bridge_init, beside others', (kernel) => {
  const plain = `ip link set br0 type bridge vlan_filtering 0
    bridge vlan del dev br0 vid 2-4094 self; bridge vlan del dev eth0 vid 2-4094`;
  const wouldRun = (output: string) =>
    output.split('\n').flatMap((line) => line.split(': would run ').slice(1));

  beforeAll(async () => {
    await installHooks(kernel, { bridge_init: BRIDGE_INIT_CONF, vlan_filtering: '' });
    await installSpies(kernel);
    await succeed(kernel, PLAIN_BRIDGE);
  });

  test('--dry-run changes nothing and needs no lock; its commands, run by a shell, do what a run does', async () => {
    const output = await succeed(kernel, `${SPIED} ${BRIDGE_INIT} --dry-run; ! test -e ${LOCK}`);
    expect(await toldToChange(kernel)).toEqual([]);
    expect(await vlanTable(kernel)).toEqual({ br0: port(1), eth0: port(1) });
    await succeed(kernel, wouldRun(output).join('\n'));
    expect(await vlanTable(kernel)).toEqual({ br0, eth0 });
    await succeed(kernel, 'test "$(cat /sys/class/net/br0/bridge/vlan_filtering)" = 1');
  });

  test('daemons that start at once: one does the work, the others find it done', async () => {
    await succeed(kernel, plain);
    const run = `${SPIED} ${HOOKS}/daemon - start - start`;
    const said = await succeed(
      kernel,
      `cd /; set +e; for i in 1 2 3 4; do { ${run}; echo "status $?"; } & done; wait`,
    );
    expect(said).toBe('status 0\n'.repeat(4));
    expect((await toldToChange(kernel)).sort()).toEqual(
      [
        'bridge vlan add dev br0 vid 200 self',
        'bridge vlan add dev eth0 vid 100',
        'bridge vlan add dev eth0 vid 200',
        'bridge vlan add dev eth0 vid 300',
        'ip link set dev br0 type bridge vlan_filtering 1',
      ].sort(),
    );
    expect(await vlanTable(kernel)).toEqual({ br0, eth0 });
  });

  test('waits for whoever holds the lock', async () => {
    await succeed(kernel, plain);
    const { stdout } = await kernel.run(
      `flock ${LOCK} sh -c 'sleep 4; bridge vlan show dev eth0; echo released' &
       sleep 0.5; ${BRIDGE_INIT} >/run/out; echo "status $?"; wait`,
    );
    // The holder saw the bridge untouched to its end.
    expect(stdout).toMatch(/eth0 +1 PVID Egress Untagged\s+released\nstatus 0\n$/);
    expect(await vlanTable(kernel)).toEqual({ br0, eth0 });
  });
});
