import { release } from 'node:os';
import { filterRemoval, filterRuleset, isFilterOf } from '../../lib/model/routes/tap_filter';
import type { TapFilter } from '../../lib/model/routes/tap_filter';
import { sendFrames } from '../../lib/system/announce/send_frames';
import { readFilters } from '../../lib/system/nft/read_filters';
import { ip, prefix } from '../unit/model/routes/addresses';
import { describeNft } from './describe_own_kernel';
import { kernelExec } from './kernel_exec';
import { quote } from './quote';
import { arp, ethernet, icmpv6, ipv4, tagged } from './raw_frames';
import { succeed } from './succeed';

const MAC = '52:54:00:00:00:05';
const OTHER = '52:54:00:00:00:06';
const LINK_LOCAL = 'fe80::5054:ff:fe00:5';

const FILTER: TapFilter = {
  tap: 'vnet0',
  mac: MAC,
  addresses: ['203.0.113.20', '2001:db8::20'].map(ip),
  routes: ['198.51.100.0/29', '2001:db8:1::/48'].map(prefix),
};

const RS = 133;
const RA = 134;
const NS = 135;
const NA = 136;
const REDIRECT = 137;
const MLD2 = 143;
const ECHO = 128;
const HOP_BY_HOP = 0;
const DESTINATION_OPTIONS = 60;

/** Linux 6.16 binds a chain to the name of its device. */
const [major = 0, minor = 0] = release().split('.').map(Number);
const OUTLIVES_TAP = major > 6 || (major === 6 && minor >= 16);

describeNft('the filter of a tap', (kernel) => {
  const exec = kernelExec(kernel);
  const load = (ruleset: string) => succeed(kernel, 'nft -f -', { stdin: ruleset });
  const read = async (tap: string) => (await readFilters(exec))?.get(tap);
  const isSet = async (filter: TapFilter): Promise<boolean> => {
    const found = await read(filter.tap);
    return found !== undefined && isFilterOf(found, filter);
  };

  /** A tap, and behind it a counter of what the filter lets through. guest0 is the guest's end. */
  const plug = () =>
    succeed(
      kernel,
      `ip link add vnet0 up type veth peer name guest0
       ip link set guest0 up
       nft -f - <<'EOF'
table netdev probe
delete table netdev probe
table netdev probe { chain after { type filter hook ingress device "vnet0" priority 0; counter; }; }
EOF`,
    );

  const counted = async (): Promise<number> => {
    const stdout = await succeed(kernel, 'nft list chain netdev probe after');
    return Number(/counter packets (\d+)/.exec(stdout)?.[1]);
  };

  /** Whether the filter lets a frame of the guest through. */
  async function passes(frame: Uint8Array): Promise<boolean> {
    const index = Number(await succeed(kernel, 'cat /sys/class/net/guest0/ifindex'));
    const before = await counted();
    expect(await sendFrames(exec, index, [frame])).toBeNull();
    return (await counted()) === before + 1;
  }

  beforeEach(async () => {
    await kernel.reset();
    await plug();
  });

  test('there is none at first, and removing none is no error', async () => {
    expect(await readFilters(exec)).toEqual(new Map());
    await load(filterRemoval(['vnet0', 'vnet1']));
    expect(await readFilters(exec)).toEqual(new Map());
    expect(await passes(ipv4(OTHER, '192.0.2.99'))).toBe(true);
  });

  test('what the guest may send passes, all else is dropped', async () => {
    await load(filterRuleset(FILTER));
    const may: Record<string, Uint8Array> = {
      'asks by ARP': arp({ from: MAC, sender: '203.0.113.20', target: '169.254.0.1' }),
      'answers by ARP': arp({ from: MAC, operation: 'reply', sender: '203.0.113.20', target: '169.254.0.1' }),
      'probes by ARP': arp({ from: MAC, sender: '0.0.0.0', target: '203.0.113.20' }),
      IPv4: ipv4(MAC, '203.0.113.20'),
      'IPv4 with a priority': tagged(ipv4(MAC, '203.0.113.20'), 0),
      'IPv4 of a network behind it': ipv4(MAC, '198.51.100.7'),
      IPv6: icmpv6(MAC, '2001:db8::20', ECHO),
      'IPv6 of a network behind it': icmpv6(MAC, '2001:db8:1:ffff::1', ECHO),
      'IPv6 of its link': icmpv6(MAC, LINK_LOCAL, NA),
      'IPv6 of its link, not made from the MAC': icmpv6(MAC, 'fe80::8d2f:66ff:40f4:358b', NA),
      'neighbour solicitation': icmpv6(MAC, LINK_LOCAL, NS),
      'neighbour solicitation before it has an address': icmpv6(MAC, '::', NS),
      'router solicitation before it has an address': icmpv6(MAC, '::', RS),
      'membership report before it has an address': icmpv6(MAC, '::', MLD2, HOP_BY_HOP),
    };
    const mayNot: Record<string, Uint8Array> = {
      'ARP with the MAC address of another': arp({
        from: OTHER,
        sender: '203.0.113.20',
        target: '169.254.0.1',
      }),
      'ARP about the MAC address of another': arp({
        from: MAC,
        senderMac: OTHER,
        sender: '203.0.113.20',
        target: '169.254.0.1',
      }),
      'ARP for another address': arp({ from: MAC, sender: '203.0.113.21', target: '169.254.0.1' }),
      'ARP for the gateway': arp({
        from: MAC,
        operation: 'reply',
        sender: '169.254.0.1',
        target: '203.0.113.20',
      }),
      'ARP for a network behind it': arp({ from: MAC, sender: '198.51.100.7', target: '169.254.0.1' }),
      'IPv4 with another MAC address': ipv4(OTHER, '203.0.113.20'),
      'IPv4 of another': ipv4(MAC, '203.0.113.21'),
      'IPv4 of another with a tag': tagged(ipv4(MAC, '203.0.113.21'), 5),
      'IPv4 of another with two tags': tagged(tagged(ipv4(MAC, '203.0.113.21'), 5), 0),
      'IPv4 outside of the network behind it': ipv4(MAC, '198.51.100.8'),
      'IPv4 without an address': ipv4(MAC, '0.0.0.0'),
      'IPv6 with another MAC address': icmpv6(OTHER, '2001:db8::20', ECHO),
      'IPv6 of another': icmpv6(MAC, '2001:db8::21', ECHO),
      'IPv6 of the gateway': icmpv6(MAC, 'fe80::1', NA),
      'router advertisement': icmpv6(MAC, LINK_LOCAL, RA),
      'router advertisement behind options': icmpv6(MAC, LINK_LOCAL, RA, DESTINATION_OPTIONS),
      'router advertisement with a tag': tagged(icmpv6(MAC, LINK_LOCAL, RA), 0),
      'router advertisement without an address': icmpv6(MAC, '::', RA),
      redirect: icmpv6(MAC, LINK_LOCAL, REDIRECT),
      'echo without an address': icmpv6(MAC, '::', ECHO),
      LLDP: ethernet(MAC, 0x88cc, new Array<number>(46).fill(0)),
      RARP: ethernet(MAC, 0x8035, new Array<number>(46).fill(0)),
    };
    const result: Record<string, boolean> = {};
    for (const [what, frame] of Object.entries({ ...may, ...mayNot })) result[what] = await passes(frame);
    const all = (frames: object, is: boolean) =>
      Object.fromEntries(Object.keys(frames).map((what) => [what, is]));
    expect(result).toEqual({ ...all(may, true), ...all(mayNot, false) });
    // Whatever is dropped is counted.
    const stdout = await succeed(kernel, 'nft list table netdev kvmvlan');
    const drops = [...stdout.matchAll(/counter packets (\d+) bytes \d+ drop/g)].map(([, packets]) =>
      Number(packets),
    );
    expect(drops.reduce((sum, packets) => sum + packets, 0)).toBe(Object.keys(mayNot).length);
  });

  test('loading it again, or another one, replaces it', async () => {
    await load(filterRuleset(FILTER));
    await load(filterRuleset(FILTER));
    expect(await isSet(FILTER)).toBe(true);
    const moved: TapFilter = { ...FILTER, mac: OTHER, addresses: [ip('203.0.113.21')], routes: [] };
    await load(filterRuleset(moved));
    expect(await isSet(FILTER)).toBe(false);
    expect(await isSet(moved)).toBe(true);
    expect(await passes(ipv4(OTHER, '203.0.113.21'))).toBe(true);
    expect(await passes(ipv4(MAC, '203.0.113.20'))).toBe(false);
  });

  test('a chain of that name with another hook or policy is replaced too', async () => {
    await load(
      `table netdev kvmvlan { chain tap-vnet0 { type filter hook ingress device "guest0" priority 5; }; }`,
    );
    expect(await isSet(FILTER)).toBe(false);
    await load(filterRuleset(FILTER));
    expect(await isSet(FILTER)).toBe(true);
    expect(await passes(ipv4(MAC, '203.0.113.21'))).toBe(false);
  });

  test('each rule that somebody deletes is noticed', async () => {
    await load(filterRuleset(FILTER));
    const count = (await read('vnet0'))?.chain.rules.length ?? 0;
    expect(count).toBeGreaterThan(10);
    const missed: number[] = [];
    for (let place = 0; place < count; place += 1) {
      await load(filterRuleset(FILTER));
      const listed = await succeed(kernel, 'nft -a list chain netdev kvmvlan tap-vnet0');
      const rules = [...listed.matchAll(/# handle (\d+)$/gm)].map(([, handle]) => handle);
      // The first handles are those of the table and the chain.
      await succeed(kernel, `nft delete rule netdev kvmvlan tap-vnet0 handle ${rules.slice(-count)[place]}`);
      if (await isSet(FILTER)) missed.push(place);
    }
    expect(missed).toEqual([]);
  });

  test('a filter that is left over hits the next tap of that name, until it is replaced or removed', async () => {
    await load(filterRuleset(FILTER));
    await succeed(kernel, 'ip link del vnet0');
    await plug();
    const next: TapFilter = { ...FILTER, mac: OTHER };
    expect(await passes(ipv4(OTHER, '203.0.113.20'))).toBe(!OUTLIVES_TAP);
    await load(filterRuleset(next));
    expect(await passes(ipv4(OTHER, '203.0.113.20'))).toBe(true);
    expect(await passes(ipv4(MAC, '203.0.113.20'))).toBe(false);
    await load(filterRemoval(['vnet0']));
    expect(await readFilters(exec)).toEqual(new Map());
    expect(await passes(ipv4(MAC, '203.0.113.20'))).toBe(true);
  });

  test.each(['w#1', '$x;y', 'drop', '-w', '{}', "it's", 'w.100', 'ünïcödé'])(
    'a tap with the name %s',
    async (tap) => {
      const filter = { ...FILTER, tap };
      await succeed(kernel, `ip link add name ${quote(tap)} type veth peer name odd0`);
      await load(filterRuleset(FILTER) + filterRuleset(filter));
      expect(await isSet(filter)).toBe(true);
      await load(filterRemoval([tap]));
      expect([...((await readFilters(exec))?.keys() ?? [])]).toEqual(['vnet0']);
    },
  );
});
