import { describeKernel } from './describe_kernel';
import { BRIDGE_INIT_CONF, buildExample, EXAMPLE_TABLE } from './example_switch';
import { whoHears } from './frames';
import { configure, HOOKS } from './hooks';
import { KVMVLAN, runGuests } from './kvmvlan';
import { succeed } from './succeed';
import { vlanTable } from './vlan_table';

/** The host's own VLAN becomes one that no trunk carries. */
const CUTTING = BRIDGE_INIT_CONF.replace('br-pvid = 1', 'br-pvid = 999');
const AS_NOBODY = 'setpriv --reuid=65534 --regid=65534 --clear-groups';

describeKernel('kvmvlan plan, apply, confirm and undo', (kernel) => {
  /** How the session that ran the command reaches the host: untagged frames from outside. */
  const hostHears = async () => (await whoHears(kernel, { from: 'outside', listen: ['br0'] })).br0;
  const conf = (bridgeInit: string) => configure(kernel, { bridge_init: bridgeInit });
  const details = () => succeed(kernel, 'ip -j -d link show br0 | tr , "\\n" | grep vlan_');

  beforeAll(async () => {
    await buildExample(kernel);
    await runGuests(kernel);
    await succeed(kernel, 'ip addr add 192.0.2.1/24 dev br0');
  });

  test('plan shows the commands, port by port, and changes nothing; also without root', async () => {
    const before = await vlanTable(kernel);
    await succeed(kernel, 'chmod 644 /run/libvirt/qemu/*');
    const { status, stdout, stderr } = await kernel.run(`${AS_NOBODY} ${KVMVLAN} plan`);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toMatch(
      /br0: bridge; bridge_init.conf:1.*\n {2}- vlan_filtering 0\n {2}\+ vlan_filtering 1\n/,
    );
    expect(stdout).toMatch(/veth0: guest VM1, in br0.*\n {2}- PVID 1\n {2}\+ PVID 100, tagged 200,300\n/);
    expect(await vlanTable(kernel)).toEqual(before);
    const refused = await kernel.run(`${AS_NOBODY} ${KVMVLAN} apply --yes`);
    expect(refused).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/only root .*sudo kvmvlan apply/) as string,
    });
  });

  test('apply needs a yes, and does what the hooks do; then there is nothing to do', async () => {
    const unasked = await kernel.run(`${KVMVLAN} apply </dev/null`);
    expect(unasked).toMatchObject({ status: 2, stderr: expect.stringContaining('Use `--yes`') as string });
    expect((await kernel.run(`${KVMVLAN} status`)).status).toBe(1);
    await succeed(kernel, `${KVMVLAN} apply --yes`);
    expect(await vlanTable(kernel)).toEqual(EXAMPLE_TABLE);
    const planned = await kernel.run(`${KVMVLAN} plan`);
    expect(planned).toEqual({
      status: 0,
      stdout: 'Nothing to do: everything is as conf says.\n',
      stderr: '',
    });
    expect((await kernel.run(`${KVMVLAN} status`)).status).toBe(0);
    const again = JSON.parse(await succeed(kernel, `${KVMVLAN} apply --yes --json`)) as object;
    expect(again).toMatchObject({ status: 'nothing', changed: false, confirmUntil: null });
  });

  test('metrics and the plugin for Nagios see a port that drifts', async () => {
    const drift = (value: number) =>
      `kvmvlan_port_drift{bridge="br0",device="veth0",guest="VM1",role="guest"} ${value}\n`;
    expect(await succeed(kernel, `${KVMVLAN} metrics`)).toContain(drift(0));
    await succeed(kernel, 'bridge vlan add dev veth0 vid 300 pvid untagged');
    await succeed(kernel, `${KVMVLAN} metrics --output /run/node/kvmvlan.prom`);
    const written = await succeed(kernel, 'cat /run/node/kvmvlan.prom; stat -c %a /run/node/kvmvlan.prom');
    expect(written).toContain(`\n${drift(1)}`);
    expect(written).toMatch(/\nkvmvlan_status 1\n[^]*\n644\n$/);
    const nagios = await kernel.run(`${KVMVLAN} check --nagios`);
    expect(nagios).toMatchObject({
      status: 2,
      stdout: expect.stringMatching(
        /^KVMVLAN CRITICAL - 1 of 5 ports not as wanted: veth0;.* \| ports=5;/,
      ) as string,
    });
    const done = JSON.parse(await succeed(kernel, `${KVMVLAN} apply --yes --json`)) as object;
    expect(done).toMatchObject({ status: 'applied', changed: true });
    expect(await vlanTable(kernel)).toEqual(EXAMPLE_TABLE);
  });

  test('what would disconnect the host is refused', async () => {
    await conf(CUTTING);
    const { status, stdout, stderr } = await kernel.run(`${KVMVLAN} apply --yes`);
    expect(status).toBe(2);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /DANGER: this would disconnect the host: 192\.0\.2\.1\/24 on br0 .*eth0 \(untagged\)/,
    );
    expect(stderr).toMatch(/refused: .*--confirm 60/);
    expect(await vlanTable(kernel)).toEqual(EXAMPLE_TABLE);
  });

  test('a session cuts itself off, its terminal dies, and the host comes back', async () => {
    await conf(CUTTING);
    const before = await vlanTable(kernel);
    expect(await hostHears()).toBe('untagged');
    const began = Date.now();
    // script gives it a terminal of its own, which is gone when script is killed.
    await succeed(
      kernel,
      `setsid script -qfec '${KVMVLAN} apply --yes --confirm 30; echo applied; sleep 100' /run/typescript </dev/null >/dev/null 2>&1 &
       echo $! >/run/session
       for i in $(seq 100); do grep -q ^applied /run/typescript 2>/dev/null && exit 0; sleep 0.2; done
       cat /run/typescript >&2; exit 1`,
    );
    expect(await hostHears()).toBeUndefined();
    await succeed(kernel, 'kill -9 $(cat /run/session)');
    // It goes when all is back.
    const isPending = async () => (await kernel.run('cat /var/lib/kvmvlan/pending.json')).status === 0;
    while ((await isPending()) && Date.now() - began < 120_000)
      await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await isPending()).toBe(false);
    expect(await hostHears()).toBe('untagged');
    expect(await vlanTable(kernel)).toEqual(before);
  });

  test('undo brings all back at once: filtering, flags, VLANs; meanwhile a second apply is refused', async () => {
    await succeed(
      kernel,
      'ip link set br0 type bridge vlan_filtering 0; bridge link set dev veth1 isolated on',
    );
    await conf(CUTTING);
    const [before, wasSet] = [await vlanTable(kernel), await details()];
    await succeed(kernel, `${KVMVLAN} apply --yes --confirm 600`);
    expect(await details()).not.toBe(wasSet);
    expect(await hostHears()).toBeUndefined();
    const second = await kernel.run(`${KVMVLAN} apply --yes --force`);
    expect(second).toMatchObject({ status: 2, stderr: expect.stringContaining('kvmvlan undo') as string });
    await succeed(kernel, `${KVMVLAN} undo`);
    expect(await succeed(kernel, `cat ${HOOKS}/conf/bridge_init.conf`)).toBe(BRIDGE_INIT_CONF);
    expect([await vlanTable(kernel), await details()]).toEqual([before, wasSet]);
  });

  test('confirm keeps it', async () => {
    await conf(BRIDGE_INIT_CONF.replace('br-tags = 200', 'br-tags = 300'));
    const again = await kernel.run(
      `${KVMVLAN} apply --yes --confirm 15 && ${KVMVLAN} confirm; sleep 16; ${KVMVLAN} confirm`,
    );
    expect(again.stderr).toMatch(/nothing waits to be confirmed/);
    expect(again.stdout).toContain('Confirmed: the changes stay.');
    expect(await vlanTable(kernel)).toMatchObject({ br0: '1 PVID Egress Untagged, 300' });
  });
});
