import { describeKernel } from './describe_kernel';
import { plugInto } from './example_switch';
import { domainXml, HOOKS, installHooks } from './hooks';
import { succeed } from './succeed';
import { port, vlanTable } from './vlan_table';

const GUESTS = Array.from({ length: 8 }, (_, index) => ({
  name: `VM${index}`,
  dev: `vnet${index}`,
  pvid: 100 + index,
}));
const CONF = GUESTS.map(
  ({ name, dev, pvid }) => `[${dev}]\nguest = ${name}\npvid = ${pvid}\ntagged = 200-299\n`,
).join('\n');

describeKernel('many guests at once', (kernel) => {
  /** Runs the hook for all of them side by side. Returns what all wrote, and how each ended. */
  const start = async (names: string[]) => {
    const runs = names.map((name, index) => {
      const command = `${HOOKS}/qemu ${name} start begin - </run/${name}.xml >/run/${index}.out 2>&1`;
      return `{ ${command}; echo $? >/run/${index}.status; } &`;
    });
    const files = (end: string) => names.map((_, index) => `/run/${index}.${end}`).join(' ');
    return succeed(kernel, `cd /; ${runs.join('\n')}\nwait; cat ${files('out')} ${files('status')}`);
  };
  const table = Object.fromEntries(GUESTS.map(({ dev, pvid }) => [dev, `${port(pvid)}, 200-299`]));

  beforeAll(async () => {
    await installHooks(kernel, { vlan_filtering: CONF });
    await succeed(kernel, 'ip link add br0 up type bridge vlan_filtering 1');
    for (const { name, dev } of GUESTS) {
      await plugInto(kernel, dev, 'br0');
      await succeed(kernel, `cat >/run/${name}.xml`, { stdin: domainXml(name, [{ dev, bridge: 'br0' }]) });
    }
  });

  test('each gets its own VLANs', async () => {
    expect(await start(GUESTS.map(({ name }) => name))).toBe('0\n'.repeat(GUESTS.length));
    expect(await vlanTable(kernel)).toEqual({ br0: port(1), ...table });
  });

  test('several runs for the same guest do not disturb each other', async () => {
    await succeed(
      kernel,
      'bridge vlan del dev vnet0 vid 1-4094; bridge vlan add dev vnet0 vid 1 pvid untagged',
    );
    expect(await start(['VM0', 'VM0', 'VM0', 'VM0'])).toBe('0\n'.repeat(4));
    expect(await vlanTable(kernel)).toEqual({ br0: port(1), ...table });
  });

  test('the log of the dispatcher has a line for each', async () => {
    const lines = (await succeed(kernel, `cat ${HOOKS}/logs/dispatch.log`)).trim().split('\n');
    const outcomes = lines.map((line) => (JSON.parse(line) as { outcome: string }).outcome);
    expect(outcomes).toEqual(Array(GUESTS.length + 4).fill('ok'));
  });
});
