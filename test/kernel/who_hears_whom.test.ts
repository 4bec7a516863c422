import { describeKernel } from './describe_kernel';
import {
  BRIDGE_INIT_CONF,
  buildExample,
  domainXml,
  EXAMPLE_TABLE,
  GUESTS,
  PLAIN_BRIDGE,
  plugInto,
  VLAN_FILTERING_CONF,
} from './example_switch';
import { shouldHear, type End } from './forwarding';
import { whoHearsEach, type Frame } from './frames';
import { BRIDGE_INIT, HOOKS, installHooks, qemuHook } from './hooks';
import { succeed } from './succeed';
import { vlanTable } from './vlan_table';

/** The README's table. "outside" is the other end of the trunk's cable, br0 the host. */
const ENDS: Record<string, End> = {
  outside: { pvid: 1, tagged: [100, 200, 300] },
  br0: { pvid: 1, tagged: [200] },
  veth0: { pvid: 100, tagged: [200, 300] },
  veth1: { pvid: 1, tagged: [100, 200] },
  veth2: { pvid: 300, tagged: [] },
};
const listen = Object.keys(ENDS);
const everyone = (vid?: Frame['vid']): Frame[] =>
  listen.map((from) => (vid === undefined ? { from, listen } : { from, vid, listen }));

describeKernel('the example switch, after the hooks have run', (kernel) => {
  const said: unknown[] = [];

  beforeAll(async () => {
    await buildExample(kernel);
    said.push(await kernel.run(`cd /; ${HOOKS}/daemon - start - start`));
    for (const guest of Object.keys(GUESTS)) {
      said.push(await qemuHook(kernel, guest, 'start', domainXml(guest)));
    }
  });

  const expectAsTold = async (frames: Frame[]) => {
    const heard = await whoHearsEach(kernel, frames);
    const found = frames.map((frame, index) => ({ frame, heard: heard[index] }));
    expect(found).toEqual(frames.map((frame) => ({ frame, heard: shouldHear(ENDS, frame) })));
  };

  test('has exactly the VLANs of the two conf files, and filters', async () => {
    expect(await vlanTable(kernel)).toEqual(EXAMPLE_TABLE);
    expect(await succeed(kernel, 'cat /sys/class/net/br0/bridge/vlan_filtering')).toBe('1\n');
  });

  test('needed no word to libvirt', () => {
    expect(said).toEqual(Array(3).fill({ status: 0, stdout: '', stderr: '' }));
  });

  test('delivers to whom the table says, and to nobody else, whoever sends in whatever VLAN', async () => {
    const vids = [undefined, 0, 1, 2, 99, 100, 101, 200, 300, 400, 4094];
    await expectAsTold(vids.flatMap(everyone));
  });

  test('does not let a second tag lead anywhere else', async () => {
    const vids = [1, 100, 200, 300];
    await expectAsTold(vids.flatMap((outer) => vids.flatMap((inner) => everyone([outer, inner]))));
  });

  test("takes another protocol's tag for payload", async () => {
    await expectAsTold([...everyone([['802.1ad', 300]]), ...everyone([['802.1ad', 1], 300])]);
  });

  test('a guest in the untagged VLAN of trunk and host, and it alone, can put a tag of its own on what they hear', async () => {
    const frames = ['veth0', 'veth1', 'veth2'].map((from): Frame => ({ from, vid: [1, 400], listen }));
    expect(await whoHearsEach(kernel, frames)).toEqual([{}, { outside: 400, br0: 400 }, {}]);
  });

  test("the host's address is out of reach from VLANs that the host is not in", async () => {
    const to = (await succeed(kernel, 'cat /sys/class/net/br0/address')).trim();
    const heard = await whoHearsEach(kernel, [
      { from: 'veth0', to, listen },
      { from: 'veth2', to, listen },
      { from: 'veth0', vid: 200, to, listen },
      { from: 'veth1', to, listen },
    ]);
    expect(heard.map((ends) => ends.br0)).toEqual([undefined, undefined, 200, 'untagged']);
  });
});

describeKernel('a tap between its making and start begin', (kernel) => {
  beforeAll(async () => {
    const bridgeConf = `${BRIDGE_INIT_CONF}default-pvid = none\n`;
    await installHooks(kernel, { bridge_init: bridgeConf, vlan_filtering: VLAN_FILTERING_CONF });
    await succeed(kernel, `${PLAIN_BRIDGE}\n${BRIDGE_INIT}`);
    await plugInto(kernel, 'veth0', 'br0');
  });
  const others = ['outside', 'br0'];
  const frames: Frame[] = [undefined, 0, 1, 100, 200, 300].flatMap((vid): Frame[] => [
    { from: 'veth0', listen: others, ...(vid === undefined ? {} : { vid }) },
    { from: 'outside', listen: ['veth0'], ...(vid === undefined ? {} : { vid }) },
  ]);

  test('is silent and deaf with default-pvid none, and speaks as told from then on', async () => {
    expect(await whoHearsEach(kernel, frames)).toEqual(frames.map(() => ({})));
    expect(await qemuHook(kernel, 'VM1', 'start', domainXml('VM1'))).toMatchObject({ status: 0, stderr: '' });
    const { outside, br0, veth0 } = ENDS;
    const ends = Object.fromEntries(Object.entries({ outside, br0, veth0 })) as Record<string, End>;
    const expected = frames.map((frame) => {
      const all = Object.entries(shouldHear(ends, frame));
      return Object.fromEntries(all.filter(([name]) => frame.listen.includes(name)));
    });
    expect(await whoHearsEach(kernel, frames)).toEqual(expected);
  });
});
