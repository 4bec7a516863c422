import type { Vid } from '../../../lib/model/vlan/vid';
import { formatNmVlans, parseVidRange, withDefaultPvid } from '../../../lib/network/bridge_vlans';
import { readInterfaces } from '../../../lib/network/ifupdown/read_interfaces';
import { parseProfile } from '../../../lib/network/networkmanager/profile';
import { parseAppliedFiltering } from '../../../lib/network/networkmanager/parse_applied';
import { matchesTap } from '../../../lib/network/networkd/matches_tap';
import { bridgeVlanSection } from '../../../lib/network/networkd/bridge_vlan_section';
import { readUnits } from '../../../lib/network/networkd/units';
import { parseSections, valueOf, valuesOf } from '../../../lib/network/sections';
import { isAtLeast } from '../../../lib/network/version';
import { portVlans } from '../../../lib/model/vlan/port_vlans';
import { FakeHost } from '../fake_host/fake_host';

const files = (list: Record<string, string>) => new FakeHost({ files: list }).networkFiles();
const vids = (...list: number[]): Vid[] => list as Vid[];

describe('files of sections', () => {
  test('sections may come twice, lines may be continued, comments may be anywhere', () => {
    const text = [
      '# top',
      'before=all',
      '[A]',
      'x = 1 \\',
      '; between',
      '  2',
      'y=',
      '[B]',
      'x=3',
      '[A]',
      'x=4=5',
    ];
    const sections = parseSections(text.join('\n'));
    expect(sections.map(({ name }) => name)).toEqual(['A', 'B', 'A']);
    expect(valuesOf(sections, 'A', 'x')).toEqual(['1 2', '4=5']);
    expect(valueOf(sections, 'A', 'y')).toBe('');
    expect(valueOf(sections, 'C', 'x')).toBe(null);
  });

  test('a unit has its drop-ins, and is hidden by an empty file or one of the same name before it', () => {
    const io = files({
      '/etc/systemd/network/20-a.network': '[Match]\nName=a\n',
      '/usr/lib/systemd/network/20-a.network': '[Match]\nName=never\n',
      '/usr/lib/systemd/network/30-b.network': '[Match]\nName=b\n',
      '/run/systemd/network/30-b.network': '',
      '/run/systemd/network/10-c.network': '[Match]\nName=c\n',
      '/run/systemd/network/10-c.network.d/x.conf': '[Match]\nName=run\n',
      '/etc/systemd/network/10-c.network.d/x.conf': '[Match]\nName=etc\n',
      '/etc/systemd/network/10-c.network.d/y.conf': '[Link]\nUnmanaged=yes\n',
      '/etc/systemd/network/10-c.network.d/ignored': '[Link]\nUnmanaged=no\n',
    });
    const units = readUnits(io, '.network');
    expect(units.map(({ file }) => file)).toEqual([
      '/run/systemd/network/10-c.network',
      '/etc/systemd/network/20-a.network',
    ]);
    const sections = units[0]?.sections ?? [];
    expect(valuesOf(sections, 'Match', 'Name')).toEqual(['c', 'etc']);
    expect(valueOf(sections, 'Link', 'Unmanaged')).toBe('yes');
  });
});

describe('[Match] and the taps of guests', () => {
  const matches = (match: string, tap = 'vnet7'): boolean => {
    const sections = parseSections(`[Match]\n${match}\n`);
    return matchesTap({ name: 'x.network', file: '/x.network', texts: [], sections }, tap);
  };
  test.each([
    'Name=*',
    'Name=eth0 vnet*',
    'Name=vnet?',
    'Name=!eth* lo',
    'Type=ether',
    'Type=ether\nName=!lo',
    'Kind=tun',
    'Driver=t*',
    'Name=eth0\nName=vnet7',
    'Host=db1\nName=*',
  ])('%j matches them', (match) => expect(matches(match)).toBe(true));
  test.each([
    '',
    'Name=',
    'Name=e*',
    'Name=!vnet* eth*',
    'Type=!ether',
    'Type=ether\nKind=!tun',
    'Name=*\nKind=veth',
    'Name=*\nMACAddress=52:54:00:00:00:01',
    'Name=*\nPermanentMACAddress=52:54:00:00:00:01',
    'Name=*\nPath=pci-*',
    'Type=wlan',
  ])('%j does not', (match) => expect(matches(match)).toBe(false));
});

describe('profiles of NetworkManager', () => {
  const profile = (text: string) => parseProfile(`[connection]\nid=x\n${text}`, '/etc/x');
  test('what is not said is the default', () => {
    const { filtering, defaultPvid, vlans, uuid, isExternal } = profile('[bridge]\n');
    expect({ filtering, defaultPvid, uuid, isExternal, vlans: vlans.vlans.size }).toEqual({
      filtering: false,
      defaultPvid: 1,
      uuid: null,
      isExternal: false,
      vlans: 0,
    });
  });
  test.each([
    ['1 pvid untagged,100,200-202', '1 pvid untagged, 100, 200-202'],
    ['10 untagged pvid, 4094', '10 pvid untagged, 4094'],
    ['5 untagged, 6', '5 untagged, 6'],
    ['0, 5000, 300-200, 7', '7'],
  ])('VLANs %j', (text, again) => {
    expect(formatNmVlans(profile(`[bridge-port]\nvlans=${text}\n`).portVlans)).toBe(again);
  });
  test('the default PVID is added to a list', () => {
    const list = portVlans({ pvid: null, tagged: vids(100) });
    expect(formatNmVlans(withDefaultPvid(list, 1 as Vid))).toBe('1 pvid untagged, 100');
    expect(formatNmVlans(withDefaultPvid(portVlans({ pvid: 5 as Vid }), 1 as Vid))).toBe(
      '1 untagged, 5 pvid untagged',
    );
    expect(formatNmVlans(withDefaultPvid(list, null))).toBe('100');
  });
  test('an answer that is none', () => {
    for (const data of [null, 'x', [], [{}], [{ connection: {} }]])
      expect(parseAppliedFiltering(data)).toBe(null);
    expect(parseAppliedFiltering([{ bridge: {} }])).toBe(false);
  });
});

test('ranges of VIDs', () => {
  expect(parseVidRange('7')).toEqual([7]);
  expect(parseVidRange(' 7 - 9 ')).toEqual([7, 8, 9]);
  for (const text of ['', '0', '4095', '9-7', '1-2-3', 'x', '-5']) expect(parseVidRange(text)).toBe(null);
});

test('[BridgeVLAN] as systemd takes it', () => {
  const vlans = portVlans({ pvid: 1 as Vid, tagged: vids(100, 200, 201), untagged: vids(7) });
  expect(bridgeVlanSection(vlans)).toBe(
    '[BridgeVLAN]\nPVID=1\nEgressUntagged=1\nEgressUntagged=7\nVLAN=100\nVLAN=200-201\n',
  );
  expect(bridgeVlanSection(portVlans({ pvid: null, tagged: vids(5) }))).toBe('[BridgeVLAN]\nVLAN=5\n');
});

test('versions', () => {
  expect(isAtLeast('1.46', '1.46')).toBe(true);
  expect(isAtLeast('1.46.0', '1.46')).toBe(true);
  expect(isAtLeast('2.0', '1.46')).toBe(true);
  expect(isAtLeast('1.42.4', '1.46')).toBe(false);
  expect(isAtLeast('1.9', '1.46')).toBe(false);
});

describe('/etc/network/interfaces', () => {
  test('stanzas of all files, with the lines of their options', () => {
    const io = files({
      '/etc/network/interfaces': [
        '# x',
        'source interfaces.d/*',
        'auto br0',
        'iface br0 inet manual',
        '    bridge_ports eth0 \\',
        '        eth1',
        '    # comment',
        '',
        '    bridge-vlan-aware yes',
        'allow-hotplug eth9',
        '    lost option',
      ].join('\n'),
      '/etc/network/interfaces.d/a': 'iface eth0 inet manual\n  mtu 9000\nsource /etc/network/interfaces\n',
      '/etc/network/interfaces.d/.hidden': 'iface never\n',
    });
    const stanzas = readInterfaces(io);
    // The circle ends, and what it repeats comes before.
    expect(new Set(stanzas.map(({ name }) => name))).toEqual(new Set(['eth0', 'br0']));
    expect(stanzas.at(-1)).toEqual({
      name: 'br0',
      file: '/etc/network/interfaces',
      line: 4,
      options: [
        { key: 'bridge-ports', value: 'eth0 eth1', line: 5 },
        { key: 'bridge-vlan-aware', value: 'yes', line: 9 },
      ],
    });
  });
  test('a folder is read as run-parts would', () => {
    const io = files({
      '/etc/network/interfaces': 'source-directory /etc/network/x\n',
      '/etc/network/x/good': 'iface a\n',
      '/etc/network/x/bad.old': 'iface b\n',
    });
    expect(readInterfaces(io).map(({ name }) => name)).toEqual(['a']);
  });
  test('no file at all', () => expect(readInterfaces(files({}))).toEqual([]));
});
