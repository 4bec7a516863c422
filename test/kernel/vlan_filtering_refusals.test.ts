import { describeKernel } from './describe_kernel';
import { plugInto } from './example_switch';
import { configure, domainXml, HOOKS, installHooks, qemuHook, VLAN_FILTERING } from './hooks';
import type { RunResult } from './kernel';
import { succeed } from './succeed';
import { port, vlanTable } from './vlan_table';

const PORTS = ['right', 'gone', 'loose', 'astray', 'open', 'last'];
const CONF = PORTS.map((dev) => `[${dev}]\nguest = VM\npvid = 7\ntagged = 8\n`).join('\n');
const XML = domainXml(
  'VM',
  PORTS.map((dev) => ({ dev, bridge: dev === 'open' ? 'br1' : 'br0' })),
);

/** A guest with six ports of which only the first, the last and one that has lost its bridge can be given VLANs. */
describeKernel('ports that cannot be set', (kernel) => {
  const PROBLEMS = [
    /port gone of guest VM: there is no such interface \(.*vlan_filtering\.conf:6: \[gone\]\)\. .*virsh domiflist VM/,
    /port astray of guest VM: it is in bridge br1, not in br0 \(.*:16: \[astray\]\)\. .*ip link set astray master br0/,
    /port open of guest VM: bridge br1 does not filter VLANs.* \(.*:21: \[open\]\)\. .*vlan_filtering 1/,
  ];
  const logOf = (operation: string) =>
    succeed(kernel, `cat ${HOOKS}/logs/qemu_${operation}_begin_VM_vlan_filtering.log`);
  let started: RunResult;

  beforeAll(async () => {
    await installHooks(kernel, { vlan_filtering: CONF });
    await succeed(kernel, 'ip link add br0 up type bridge vlan_filtering 1; ip link add br1 up type bridge');
    await kernel.plug('loose');
    for (const dev of ['right', 'last']) await plugInto(kernel, dev, 'br0');
    for (const dev of ['astray', 'open']) await plugInto(kernel, dev, 'br1');
    started = await qemuHook(kernel, 'VM', 'start', XML);
  });

  test('fail the start, with one line for libvirt to show: which port, why, what to do, where the rest is', () => {
    expect(started).toMatchObject({ status: 1, stdout: '' });
    const lines = started.stderr.trim().split('\n');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(PROBLEMS[0] as RegExp);
    expect(lines[0]).toMatch(/and 2 more.*logs\/qemu_start_begin_VM_vlan_filtering\.log/);
  });

  test('are all in the log', async () => {
    const log = await logOf('start');
    for (const problem of PROBLEMS) expect(log).toMatch(problem);
  });

  test('do not keep the others from being set', async () => {
    const table = await vlanTable(kernel);
    expect(table).toMatchObject({ right: port(7, 8), last: port(7, 8), astray: port(1) });
    expect(table.loose).toBe(port(7, 8));
    expect(await logOf('start')).toContain('loose: guest VM; was in no bridge, put back into br0\n');
    // Where the bridge will filter later, the VLANs are there already.
    expect(table.open).toBe(port(7, 8));
  });

  test.each(['started', 'reconnect'] as const)(
    'do not fail %s, which would kill the guest',
    async (operation) => {
      const { status, stdout, stderr } = await qemuHook(kernel, 'VM', operation, XML);
      expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
      expect(stderr).toMatch(/port gone of guest VM/);
      for (const problem of PROBLEMS) expect(await logOf(operation)).toMatch(problem);
    },
  );

  test("fail a run by hand, which finds the running guest by libvirt's status file", async () => {
    await succeed(kernel, 'mkdir -p /run/libvirt/qemu; cat >/run/libvirt/qemu/VM.xml', {
      stdin: `<domstatus state='running' pid='7'>\n${XML}</domstatus>\n`,
    });
    const { status, stdout, stderr } = await kernel.run(`${VLAN_FILTERING} VM --json`);
    expect(status).toBe(1);
    const { ports } = JSON.parse(stdout) as {
      ports: { port: string; problem: { message: string } | null }[];
    };
    const bad = ports.filter(({ problem }) => problem !== null).map((entry) => entry.port);
    expect(bad).toEqual(['gone', 'astray', 'open']);
    for (const problem of PROBLEMS) expect(stderr).toMatch(problem);
  });

  test('are but a warning where the guest does not have them at all', async () => {
    await configure(kernel, { vlan_filtering: `${CONF}\n[vnet77]\nguest = VM\n` });
    const few = domainXml('VM', [{ dev: 'right', bridge: 'br0' }]);
    const { status, stderr } = await qemuHook(kernel, 'VM', 'start', few);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(await logOf('start')).toMatch(
      /warning: .*vlan_filtering\.conf:31: \[vnet77\] .*none of its interfaces/,
    );
  });
});
