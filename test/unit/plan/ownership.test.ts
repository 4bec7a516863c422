import { describePortVlans } from '../../../lib/model/vlan/port_vlans';
import { SimulatedHost } from '../plugins/simulated_host';
import { bridge, member } from '../plugins/worlds';
import { bridgePort } from '../model/host/bridge_port';
import { World, type Nic } from './world';

const VICTIM: readonly Nic[] = [{ type: 'bridge', dev: 'veth0', bridge: 'br0' }];
const TRUNK = '[br0]\ntrunk-port = eth0\ntrunk-tags = 100 200\n';

/** A switch with VM1, which runs on veth0 in VLAN 100, and some more ports. */
function world(
  vlan_filtering: string,
  more: ReturnType<typeof bridgePort>[] = [],
  bridge_init = TRUNK,
): World {
  const host = new SimulatedHost(
    [bridge('br0', { filtering: true, vlans: member(1) })],
    [bridgePort('eth0', member(1, 100, 200)), bridgePort('veth0', member(100)), ...more],
  );
  return new World(host, { bridge_init, vlan_filtering }, { VM1: VICTIM });
}

const vlansOf = ({ host }: World, name: string): string => describePortVlans(host.kernel.vlansOf(name));

describe("a guest's XML gives it no port that is not its own", () => {
  const conf = '[veth0]\nguest = VM1\npvid = 100\n[tenant]\nguest = EVIL*\nnic = 0\npvid = 66\n';

  test.each(['user', 'udp', 'server', 'client', 'mcast', 'vhostuser', 'direct', 'internal'])(
    'an interface of type %s has no tap, whatever target it names',
    async (type) => {
      for (const dev of ['veth0', 'eth0', 'br0']) {
        const hosts = world(conf);
        const { status, summary } = await hosts.start('EVIL', [{ type, dev }]);
        expect([status, hosts.host.ran]).toEqual([1, []]);
        expect(summary).toContain(`which is of type ${type} and no port of a bridge`);
      }
    },
  );

  test("another running guest's tap: both are named, and neither is set", async () => {
    const hosts = world(conf);
    const evil: Nic = { type: 'ethernet', dev: 'veth0' };
    const { status, summary } = await hosts.start('EVIL', [evil]);
    expect([status, hosts.host.ran]).toEqual([1, []]);
    expect(summary).toContain('port veth0 of guest EVIL: it is claimed by the running guest VM1 too');

    // By then both run: nothing tells which of them it is.
    const both = new World(
      hosts.host,
      { bridge_init: TRUNK, vlan_filtering: conf.replace('pvid = 100', 'pvid = 101') },
      { VM1: VICTIM, EVIL: [evil], VM2: [{ type: 'bridge', dev: 'vnet7', bridge: 'br0' }] },
    );
    const { status: all } = await both.all();
    expect([all, both.host.ran, vlansOf(both, 'veth0')]).toEqual([1, [], 'PVID 100']);
  });

  test('the same target in two interfaces of one guest', async () => {
    const hosts = world('[a]\nguest = EVIL\nnic = 0\npvid = 5\n[b]\nguest = EVIL\nnic = 1\npvid = 6\n', [
      bridgePort('tapx', member(1)),
    ]);
    const nic: Nic = { type: 'ethernet', dev: 'tapx' };
    expect((await hosts.start('EVIL', [nic, nic])).status).toBe(1);
    expect(hosts.host.ran).toEqual([]);
  });

  test('the trunk, an uplink that no section names, and the bridge', async () => {
    for (const dev of ['eth0', 'eth1', 'br0']) {
      const hosts = world(conf, [bridgePort('eth1', member(1))]);
      const { status, summary } = await hosts.start('EVIL', [{ type: 'ethernet', dev }]);
      expect([dev, status, hosts.host.ran]).toEqual([dev, 1, []]);
      expect(summary).toContain(`port ${dev} of guest EVIL: it is `);
    }
  });

  test('nor does status take them for its ports', async () => {
    const evil = ['veth0', 'eth0', 'eth1', 'br0'].map((dev): Nic => ({ type: 'user', dev }));
    evil.push({ type: 'ethernet', dev: 'eth0' }, { type: 'ethernet', dev: 'eth1' });
    const { host } = world(conf, [bridgePort('eth1', member(1))]);
    const { state } = await new World(
      host,
      { bridge_init: TRUNK, vlan_filtering: conf },
      { VM1: VICTIM, EVIL: evil },
    ).plan();
    const ports = state.switches
      .flatMap((one) => one.ports)
      .map(({ name, role, guest }) => [name, role, guest]);
    expect(ports).toEqual([
      ['eth0', 'trunk', null],
      ['br0', 'host', null],
      ['veth0', 'guest', 'VM1'],
      ['eth1', 'other', null],
    ]);
  });

  test('all others of its own are set, and the guests of others', async () => {
    const hosts = world(conf, [bridgePort('tape', member(1))]);
    const { status } = await hosts.start('EVIL', [{ type: 'bridge', dev: 'tape', bridge: 'br0' }]);
    expect([status, vlansOf(hosts, 'tape')]).toEqual([0, 'PVID 66']);
  });
});

describe('a trunk is never a tap', () => {
  const quarantine = '[DEFAULT]\nmetadata = off\n[all]\nguest = *\npvid = 999\nbridge = br0\n';

  test.each(['bond*', '*eth*', 'bond9 eth0', 'auto'])('trunk-port = %s', async (pattern) => {
    const isAuto = pattern === 'auto';
    const bridgeConf = `[br0]\ntrunk-port = eth0 ${isAuto ? 'bond*' : pattern}\ntrunk-tags = ${isAuto ? 'auto' : '100 200'}\n`;
    const taps = [
      { ...bridgePort('bond9', member(1)), kind: 'tun' },
      { ...bridgePort('tapeth1', member(1)), kind: 'tun' },
    ];
    const hosts = world(quarantine, taps, bridgeConf);
    for (const dev of ['bond9', 'tapeth1']) {
      expect((await hosts.start('EVIL', [{ type: 'bridge', dev, bridge: 'br0' }])).status).toBe(0);
      expect([dev, vlansOf(hosts, dev)]).toEqual([dev, 'PVID 999']);
    }
    await hosts.bridgeInit();
    for (const dev of ['bond9', 'tapeth1']) expect([dev, vlansOf(hosts, dev)]).toEqual([dev, 'PVID 999']);
  });

  test('nor what a running guest claims, even if conf names it', async () => {
    const hosts = world('', [], '[br0]\ntrunk-port = veth0\ntrunk-tags = 5\n');
    const { status, summary } = await hosts.bridgeInit();
    expect([status, hosts.host.ran]).toEqual([1, []]);
    expect(summary).toContain('trunk port veth0 belongs to the running guest VM1, so it is no trunk');
  });

  test('but no claim takes the host its trunk, or its other uplink: the guard still knows them', async () => {
    for (const dev of ['eth0', 'eth1']) {
      const host = new SimulatedHost(
        [bridge('br0', { filtering: true, vlans: member(1) })],
        [bridgePort(dev, member(1))],
      );
      host.addresses = { br0: '192.0.2.1' };
      const bridgeConf = '[br0]\ntrunk-port = eth0\ntrunk-pvid = none\ntrunk-tags = 7\nbr-pvid = 9\n';
      const claimed = new World(
        host,
        { bridge_init: bridgeConf, vlan_filtering: quarantine },
        { EVIL: [{ type: 'ethernet', dev }] },
      );
      const { status, summary } = await claimed.bridgeInit();
      expect([dev, status, host.ran]).toEqual([dev, 1, []]);
      expect(summary).toContain(
        `this would disconnect the host: 192.0.2.1/24 on br0 is reachable through ${dev}`,
      );
      expect((await claimed.all()).status).toBe(1);
      expect(host.ran).toEqual([]);
    }
  });

  test('a pattern takes no veth, dummy, ifb or macvtap either; an exact name takes a veth', async () => {
    for (const kind of ['veth', 'dummy', 'ifb', 'macvtap']) {
      const port = { ...bridgePort('eth7', member(1)), kind };
      const byPattern = world('', [port], '[br0]\ntrunk-port = eth*\ntrunk-tags = 5\n');
      await byPattern.bridgeInit();
      expect([kind, vlansOf(byPattern, 'eth7')]).toEqual([kind, 'PVID 1']);
      expect(vlansOf(byPattern, 'eth0')).toBe('PVID 1, tagged 5');
    }
    const veth = { ...bridgePort('eth7', member(1)), kind: 'veth' };
    const byName = world('', [veth], '[br0]\ntrunk-port = eth7\ntrunk-tags = 5\n');
    await byName.bridgeInit();
    expect(vlansOf(byName, 'eth7')).toBe('PVID 1, tagged 5');
  });
});

test('`bridge = br0` means the bridge that a port is in, where the XML names none', async () => {
  const hosts = world('[all]\nguest = *\nbridge = br0\npvid = 999\n', [bridgePort('tapx', member(1))]);
  const { status } = await hosts.start('ETH', [{ type: 'ethernet', dev: 'tapx' }]);
  expect([status, vlansOf(hosts, 'tapx')]).toEqual([0, 'PVID 999']);
});

test("a name that is another guest's tap by the time of writing is noticed", async () => {
  const hosts = world('[veth0]\nguest = VM1\npvid = 200\n');
  const { host } = hosts;
  let isDone = false;
  host.watch = (_command, kernel) => {
    if (isDone) return;
    isDone = true;
    kernel.remove('veth0');
    kernel.join({ name: 'veth0', bridge: 'br0', vlans: member(1), index: 4711 });
  };
  const { status, summary } = await hosts.all();
  expect(status).toBe(1);
  expect(summary).toContain('another interface has its name by now');
});
