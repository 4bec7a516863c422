import { describePortVlans } from '../../../lib/model/vlan/port_vlans';
import { FakeHost, type HostSetup } from '../fake_host/fake_host';
import { nicsIn, type Nic } from '../fake_host/guest_xml';
import { bridge, bridgePort, member } from '../model/host/host_parts';
import { planFor, problemsIn, setAll, startDaemon, startGuest } from './programs';

const VICTIM = nicsIn('br0', 'veth0');
const TRUNK = '[br0]\ntrunk-port = eth0\ntrunk-tags = 100 200\n';

/** A switch with VM1, which runs on veth0 in VLAN 100, and some more ports. */
function world(
  vlan_filtering: string,
  more: ReturnType<typeof bridgePort>[] = [],
  bridge_init = TRUNK,
  others: HostSetup['guests'] = {},
): FakeHost {
  return new FakeHost({
    bridges: [bridge('br0', { filtering: true })],
    ports: [bridgePort('eth0', member(1, 100, 200)), bridgePort('veth0', member(100)), ...more],
    confs: { bridge_init, vlan_filtering },
    guests: { VM1: VICTIM, ...others },
  });
}

const vlansOf = (host: FakeHost, name: string): string => describePortVlans(host.kernel.vlansOf(name));

describe("a guest's XML gives it no port that is not its own", () => {
  const conf = '[veth0]\nguest = VM1\npvid = 100\n[tenant]\nguest = EVIL*\nnic = 0\npvid = 66\n';

  test.each(['user', 'udp', 'server', 'client', 'mcast', 'vhostuser', 'direct', 'internal'])(
    'an interface of type %s has no tap, whatever target it names',
    async (type) => {
      for (const dev of ['veth0', 'eth0', 'br0']) {
        const hosts = world(conf);
        const outcome = await startGuest(hosts, 'EVIL', [{ type, dev }]);
        expect([outcome.status, hosts.ran]).toEqual([1, []]);
        expect(problemsIn(outcome)).toEqual(['interface-without-port']);
      }
    },
  );

  test("another running guest's tap: both are named, and neither is set", async () => {
    const hosts = world(conf);
    const evil: Nic = { type: 'ethernet', dev: 'veth0' };
    const outcome = await startGuest(hosts, 'EVIL', [evil]);
    expect([outcome.status, hosts.ran]).toEqual([1, []]);
    expect(problemsIn(outcome)).toEqual(["port-claimed-by-others of EVIL's veth0"]);

    // By then both run: nothing tells which of them it is.
    const guests = { EVIL: [evil], VM2: nicsIn('br0', 'vnet7') };
    const both = world(conf.replace('pvid = 100', 'pvid = 101'), [], TRUNK, guests);
    const { status: all } = await setAll(both);
    expect([all, both.ran, vlansOf(both, 'veth0')]).toEqual([1, [], 'PVID 100']);
  });

  test('the same target in two interfaces of one guest', async () => {
    const hosts = world('[a]\nguest = EVIL\nnic = 0\npvid = 5\n[b]\nguest = EVIL\nnic = 1\npvid = 6\n', [
      bridgePort('tapx', member(1)),
    ]);
    const nic: Nic = { type: 'ethernet', dev: 'tapx' };
    expect((await startGuest(hosts, 'EVIL', [nic, nic])).status).toBe(1);
    expect(hosts.ran).toEqual([]);
  });

  test('the trunk, an uplink that no section names, and the bridge', async () => {
    for (const [dev, code] of [
      ['eth0', 'port-trunk'],
      ['eth1', 'port-no-tap'],
      ['br0', 'port-no-tap'],
    ] as const) {
      const hosts = world(conf, [bridgePort('eth1', member(1))]);
      const outcome = await startGuest(hosts, 'EVIL', [{ type: 'ethernet', dev }]);
      expect([dev, outcome.status, hosts.ran]).toEqual([dev, 1, []]);
      expect(problemsIn(outcome)).toEqual([`${code} of EVIL's ${dev}`]);
    }
  });

  test('nor does status take them for its ports', async () => {
    const evil = ['veth0', 'eth0', 'eth1', 'br0'].map((dev): Nic => ({ type: 'user', dev }));
    evil.push({ type: 'ethernet', dev: 'eth0' }, { type: 'ethernet', dev: 'eth1' });
    const hosts = world(conf, [bridgePort('eth1', member(1))], TRUNK, { EVIL: evil });
    const { state } = await planFor(hosts);
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
    const { status } = await startGuest(hosts, 'EVIL', nicsIn('br0', 'tape'));
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
      expect((await startGuest(hosts, 'EVIL', nicsIn('br0', dev))).status).toBe(0);
      expect([dev, vlansOf(hosts, dev)]).toEqual([dev, 'PVID 999']);
    }
    await startDaemon(hosts);
    for (const dev of ['bond9', 'tapeth1']) expect([dev, vlansOf(hosts, dev)]).toEqual([dev, 'PVID 999']);
  });

  test('nor what a running guest claims, even if conf names it', async () => {
    const hosts = world('', [], '[br0]\ntrunk-port = veth0\ntrunk-tags = 5\n');
    const outcome = await startDaemon(hosts);
    expect([outcome.status, hosts.ran]).toEqual([1, []]);
    expect(problemsIn(outcome)).toContain('trunk-of-guest of br0');
  });

  test('but no claim takes the host its trunk, or its other uplink: the guard still knows them', async () => {
    for (const dev of ['eth0', 'eth1']) {
      const bridge_init = '[br0]\ntrunk-port = eth0\ntrunk-pvid = none\ntrunk-tags = 7\nbr-pvid = 9\n';
      const host = new FakeHost({
        bridges: [bridge('br0', { filtering: true })],
        ports: [bridgePort(dev, member(1))],
        addresses: { br0: '192.0.2.1' },
        confs: { bridge_init, vlan_filtering: quarantine },
        guests: { EVIL: [{ type: 'ethernet', dev }] },
      });
      const outcome = await startDaemon(host);
      expect([dev, outcome.status, host.ran]).toEqual([dev, 1, []]);
      expect(problemsIn(outcome)).toContain('disconnects-host of br0');
      expect((await setAll(host)).status).toBe(1);
      expect(host.ran).toEqual([]);
    }
  });

  test('a pattern takes no veth, dummy, ifb or macvtap either; an exact name takes a veth', async () => {
    for (const kind of ['veth', 'dummy', 'ifb', 'macvtap']) {
      const port = { ...bridgePort('eth7', member(1)), kind };
      const byPattern = world('', [port], '[br0]\ntrunk-port = eth*\ntrunk-tags = 5\n');
      await startDaemon(byPattern);
      expect([kind, vlansOf(byPattern, 'eth7')]).toEqual([kind, 'PVID 1']);
      expect(vlansOf(byPattern, 'eth0')).toBe('PVID 1, tagged 5');
    }
    const veth = { ...bridgePort('eth7', member(1)), kind: 'veth' };
    const byName = world('', [veth], '[br0]\ntrunk-port = eth7\ntrunk-tags = 5\n');
    await startDaemon(byName);
    expect(vlansOf(byName, 'eth7')).toBe('PVID 1, tagged 5');
  });
});

test('`bridge = br0` means the bridge that a port is in, where the XML names none', async () => {
  const hosts = world('[all]\nguest = *\nbridge = br0\npvid = 999\n', [bridgePort('tapx', member(1))]);
  const { status } = await startGuest(hosts, 'ETH', [{ type: 'ethernet', dev: 'tapx' }]);
  expect([status, vlansOf(hosts, 'tapx')]).toEqual([0, 'PVID 999']);
});

test("a name that is another guest's tap by the time of writing is noticed", async () => {
  const hosts = world('[veth0]\nguest = VM1\npvid = 200\n');
  let isDone = false;
  hosts.watch = (_command, kernel) => {
    if (isDone) return;
    isDone = true;
    kernel.remove('veth0');
    kernel.join({ name: 'veth0', bridge: 'br0', vlans: member(1), index: 4711 });
  };
  const { status, summary } = await setAll(hosts);
  expect(status).toBe(1);
  expect(summary).toContain('another interface now has its name');
});
