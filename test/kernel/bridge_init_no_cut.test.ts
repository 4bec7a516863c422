import { describeKernel } from './describe_kernel';
import { BRIDGE_INIT_CONF, PLAIN_BRIDGE } from './example_switch';
import { BRIDGE_INIT, configure, installHooks } from './hooks';
import { installSpies, SLOWLY, toldToChange } from './spy';
import { during, type Flow, type Stream } from './stream';
import { succeed } from './succeed';
import { port, vlanTable } from './vlan_table';

const UNTAGGED: Record<string, Stream> = {
  'host to outside': { from: 'br0', to: 'outside', vid: 0 },
  'outside to host': { from: 'outside', to: 'br0', vid: 0 },
};
const TALK: Record<string, Stream> = {
  ...UNTAGGED,
  'host to outside, VLAN 200': { from: 'br0', to: 'outside', vid: 200 },
  'outside to host, VLAN 200': { from: 'outside', to: 'br0', vid: 200 },
};

const MOVED_CONF = BRIDGE_INIT_CONF.replaceAll('pvid = 1\n', 'pvid = 10\n').replace(
  '100 200 300',
  '200 400-409',
);

describeKernel('while bridge_init runs, the host and the outside', (kernel) => {
  const run = (conf: string, env: string) => async () => {
    await configure(kernel, { bridge_init: conf });
    expect(await kernel.run(`${env} ${BRIDGE_INIT}`)).toMatchObject({ status: 0, stderr: '' });
  };
  const lost = (flows: Record<string, Flow>) => {
    for (const { sent } of Object.values(flows)) expect(sent).toBeGreaterThan(100);
    return Object.entries(flows)
      .filter(([, { missed }]) => missed.length > 0)
      .map(([name, { sent, missed }]) => `${name}: ${missed.length} of ${sent}`);
  };

  /** Both in VLAN 1, and in these with a tag. */
  const begin = (filtering: 0 | 1, ...tags: number[]) => {
    const vlans = tags.flatMap((vid) => [`eth0 vid ${vid}`, `br0 self vid ${vid}`]);
    return succeed(
      kernel,
      `ip link set br0 type bridge vlan_filtering 0 vlan_default_pvid 1
       bridge vlan del dev eth0 vid 1-4094; bridge vlan add dev eth0 vid 1 pvid untagged
       bridge vlan del dev br0 self vid 1-4094; bridge vlan add dev br0 self vid 1 pvid untagged
       ${vlans.map((vlan) => `bridge vlan add dev ${vlan}`).join('\n')}
       ip link set br0 type bridge vlan_filtering ${filtering}`,
    );
  };

  beforeAll(async () => {
    await installHooks(kernel, {});
    await installSpies(kernel);
    await succeed(kernel, PLAIN_BRIDGE);
  });

  // Each command by itself with time around it, so that frames fall into every state in between.
  describe('command by command', () => {
    test('lose no frame when filtering is turned on', async () => {
      await begin(0);
      expect(lost(await during(kernel, TALK, run(BRIDGE_INIT_CONF, SLOWLY)))).toEqual([]);
      expect(await vlanTable(kernel)).toEqual({ eth0: port(1, 100, 200, 300), br0: port(1, 200) });
    });

    test('lose no frame when the PVID of both moves, and VLANs are deleted', async () => {
      await begin(1, 100, 200);
      expect(lost(await during(kernel, TALK, run(MOVED_CONF, SLOWLY)))).toEqual([]);
      expect(await vlanTable(kernel)).toEqual({ eth0: `${port(10, 200)}, 400-409`, br0: port(10, 200) });
    });

    test('lose no frame when the new PVID was a tag on both before', async () => {
      await begin(1, 10);
      expect(lost(await during(kernel, UNTAGGED, run(MOVED_CONF, SLOWLY)))).toEqual([]);
    });

    test('lose no frame when default-pvid, VLANs and filtering change in one run', async () => {
      await begin(0);
      expect(
        lost(await during(kernel, TALK, run(`${BRIDGE_INIT_CONF}default-pvid = none\n`, SLOWLY))),
      ).toEqual([]);
      expect(await vlanTable(kernel)).toEqual({ eth0: port(1, 100, 200, 300), br0: port(1, 200) });
    });
  });

  test('lose no frame at full speed', async () => {
    await begin(0);
    const flows = await during(kernel, TALK, async () => {
      await run(BRIDGE_INIT_CONF, '')();
      await run(MOVED_CONF, '')();
    });
    expect(lost(flows)).toEqual([]);
  });

  test('would lose frames if VLANs went before others came: the streams do notice', async () => {
    await begin(1, 200);
    const flows = await during(kernel, TALK, () =>
      succeed(
        kernel,
        'bridge vlan del dev eth0 vid 1; bridge vlan del dev eth0 vid 200; sleep 0.5; bridge vlan add dev eth0 vid 1 pvid untagged; bridge vlan add dev eth0 vid 200',
      ),
    );
    expect(Object.values(flows).map(({ missed }) => missed.length > 0)).toEqual([true, true, true, true]);
  });

  test('were tried with the commands one by one', async () => {
    expect((await toldToChange(kernel)).length).toBeGreaterThan(15);
  });
});
