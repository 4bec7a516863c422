import { ZOO_CONF, ZOO_LINKS, ZOO_TABLE } from './bridge_zoo';
import { describeKernel } from './describe_kernel';
import { BRIDGE_INIT, configure, installHooks } from './hooks';
import type { RunResult } from './kernel';
import { announced, installSpies, SPIED, toldToChange, toldTools } from './spy';
import { succeed } from './succeed';
import { port, vlanTable } from './vlan_table';

interface Report {
  bridges: {
    bridge: string;
    commands: string[];
    problems: { level: string; message: string; hint: string }[];
  }[];
}

describeKernel('bridge_init', (kernel) => {
  let first: RunResult;
  const problemsOf = (name: string) => {
    const { bridges } = JSON.parse(first.stdout) as Report;
    const found = bridges.find(({ bridge }) => bridge === name)?.problems ?? [];
    return found.map(({ level, message, hint }) => `${level}: ${message} ${hint}`);
  };
  const setting = async (bridge: string, name: string) =>
    (await succeed(kernel, `cat /sys/class/net/${bridge}/bridge/${name}`)).trim();

  beforeAll(async () => {
    await installHooks(kernel, { bridge_init: ZOO_CONF });
    await installSpies(kernel);
    await succeed(kernel, 'ip -batch -', { stdin: ZOO_LINKS.join('\n') });
    await succeed(
      kernel,
      `ip link set br6 type bridge vlan_filtering 1
       bridge vlan del dev tagged5 vid 1; bridge vlan add dev tagged5 vid 9 pvid untagged; bridge vlan add dev tagged5 vid 10`,
    );
    first = await kernel.run(`${BRIDGE_INIT} --json`);
  });

  test('gives bridges and trunks, several or by pattern, their VLANs, and leaves all other ports alone', async () => {
    const others = {
      guest0: port(1),
      br1: port(1),
      other1: port(1),
      br3: port(1),
      br5: port(1),
      br6: port(1),
    };
    expect(await vlanTable(kernel)).toEqual({ ...ZOO_TABLE, ...others });
  });

  test('turns filtering on unless conf says no', async () => {
    const bridges = ['br0', 'br1', 'br3', 'br4', 'br5', 'br.7'];
    const filtering = await Promise.all(bridges.map((bridge) => setting(bridge, 'vlan_filtering')));
    expect(filtering).toEqual(['1', '1', '1', '1', '1', '0']);
  });

  test('default-pvid none is set before filtering is, and every port keeps what it had', async () => {
    expect(await setting('br5', 'default_pvid')).toBe('0');
    expect(await vlanTable(kernel)).toMatchObject({
      guest5: ZOO_TABLE.guest5,
      tagged5: ZOO_TABLE.tagged5,
      br5: port(1),
    });
    await succeed(kernel, 'ip link add late5 master br5 type dummy');
    expect(await vlanTable(kernel)).not.toHaveProperty('late5');
  });

  test('vlan-protocol', async () => {
    expect(await setting('br4', 'vlan_protocol')).toBe('0x88a8');
  });

  test('a bridge or trunk that is not there is a warning, and all else is done', () => {
    expect(problemsOf('absent')).toEqual([
      expect.stringMatching(
        /^warning: there is no bridge absent \(.*bridge_init\.conf:12: \[absent\]\)\. .*ip link add absent/,
      ),
    ]);
    expect(problemsOf('br3')).toEqual([
      expect.stringMatching(
        /^warning: trunk port gone is not a port of bridge br3 .*ip link set gone master br3/,
      ),
      expect.stringMatching(/^warning: trunk port eth0 is in bridge br0 .*ip link set eth0 master br3/),
    ]);
  });

  test('default-pvid while the bridge filters is an error that says how to get there; the rest is done', async () => {
    expect(first.status).toBe(1);
    expect(problemsOf('br6')).toEqual([
      expect.stringMatching(
        /^error: bridge br6 already filters VLANs.*default-pvid \(now 1, wanted none; .*vlan_filtering 0 && bridge_init/,
      ),
    ]);
    expect(await vlanTable(kernel)).toMatchObject({ eth6: ZOO_TABLE.eth6 });
    expect(await setting('br6', 'vlan_filtering')).toBe('1');
  });

  test('touches nothing when all is right already', async () => {
    await configure(kernel, { bridge_init: ZOO_CONF.replace(/6\ndefault-pvid = none/, '6') });
    await toldTools(kernel);
    const run = async () => expect(await kernel.run(`${SPIED} ${BRIDGE_INIT}`)).toMatchObject({ status: 0 });
    expect(await announced(kernel, run)).toEqual([]);
    expect(await toldToChange(kernel)).toEqual([]);
  });

  test('validates the whole conf before it asks a tool at all', async () => {
    const before = await vlanTable(kernel);
    const text = ZOO_CONF.replaceAll('200', '300') + '[br9\nbr-tags = 1-5000\ntrunk-tags = 9\n';
    await configure(kernel, { bridge_init: text });
    const { status, stderr } = await kernel.run(`${SPIED} ${BRIDGE_INIT}`);
    expect(status).toBe(2);
    expect(stderr).toMatch(/bridge_init\.conf:\d+: "\[br9" is not a complete \[section\]/);
    expect(stderr).toMatch(/\[br9\] trunk-tags = 9: the section has no trunk-port/);
    expect(await toldTools(kernel)).toEqual([]);
    expect(await vlanTable(kernel)).toEqual(before);
  });

  test('an error in one section does not stop the bridges of others', async () => {
    const before = await vlanTable(kernel);
    await succeed(kernel, 'bridge vlan del dev br0 vid 200 self');
    await configure(kernel, { bridge_init: `${ZOO_CONF}[br9]\nbr-tags = 1-5000\n` });
    const { status, stderr } = await kernel.run(BRIDGE_INIT);
    expect(status).toBe(2);
    expect(stderr).toMatch(/bridge_init\.conf:\d+: \[br9\] br-tags = 1-5000: .*Allowed: VIDs from 1 to 4094/);
    expect(await vlanTable(kernel)).toEqual(before);
  });
});
