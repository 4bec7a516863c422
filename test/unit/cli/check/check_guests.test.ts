import { join } from 'node:path';
import { checkReport } from '../../../../lib/cli/check/check_report';
import type { Finding } from '../../../../lib/cli/check/finding';
import { runItems } from '../../../../lib/cli/check/run_items';
import { ROOT } from '../../fake_host/fake_host';
import { guestXml, nicsIn, statusXml } from '../../fake_host/guest_xml';
import { bridge, bridgePort, member, switchWith } from '../../model/host/host_parts';
import { expectGolden } from '../../golden';
import { factsOf, type Changes } from './facts_of';

/** `bridge -j fdb show`, as bridge(8) 6.1 prints it. */
const fdb = (...entries: object[]) => ({
  'bridge -j fdb show': JSON.stringify([
    { mac: '33:33:00:00:00:01', ifname: 'eth0', flags: ['self'], state: 'permanent' },
    { mac: '52:54:00:00:00:00', ifname: 'eth1', vlan: 100, flags: [], master: 'br9', state: '' },
    ...entries.map((entry) => ({ flags: [], master: 'br0', state: '', ...entry })),
  ]),
});
const VM1_MAC = '52:54:00:00:00:00';
const guest = (name: string, tap: string, mac: string): Record<string, string> => ({
  [`/run/libvirt/qemu/${name}.xml`]: statusXml(guestXml(name, nicsIn('br0', tap)).replace(VM1_MAC, mac)),
});
const conf = (name: string, text: string) => ({ [`${ROOT}/conf/${name}.conf`]: text });
const port = (info_slave_data: object) => ({ linkinfo: { info_slave_data } });
const bond = (mode: string, more: object = {}) => ({
  details: { eth0: { linkinfo: { info_kind: 'bond', info_data: { mode, miimon: 100, ...more } } } },
});
const lacp = (partner_mac: string) =>
  bond('802.3ad', { ad_info: { aggregator: 1, num_ports: 1, actor_key: 15, partner_key: 1, partner_mac } });
const vlanOn = (link: string, id: number, protocol = '802.1Q') => ({
  links: [`${link}.${id}`],
  details: {
    [`${link}.${id}`]: {
      link,
      linkinfo: { info_kind: 'vlan', info_data: { protocol, id, flags: ['REORDER_HDR'] } },
    },
  },
});
const dmi = (sys_vendor: string, product_name: string, chassis_asset_tag = '') => ({
  '/sys/class/net/eth0/device/uevent': '',
  '/sys/class/dmi/id/sys_vendor': `${sys_vendor}\n`,
  '/sys/class/dmi/id/product_name': `${product_name}\n`,
  '/sys/class/dmi/id/chassis_asset_tag': `${chassis_asset_tag}\n`,
});
const AZURE = '7783-7084-3265-9085-8269-3286-77';
const [ETH0, VETH0] = [member(1, 100, 200), member(100)];
const flagged = (flags: object, trunk: object = {}) => ({
  ports: [
    { ...bridgePort('eth0', ETH0), flags: trunk },
    { ...bridgePort('veth0', VETH0), flags },
  ],
});

/** What is changed about the good host, and the level, the code and the beginning of the remedy of what is found. */
const FOUND: readonly (readonly [
  what: string,
  changes: Changes,
  level: string,
  code: string,
  remedy: string,
])[] = [
  [
    'a tap that has lost its bridge',
    { ...switchWith({ eth0: ETH0 }), links: ['veth0'] },
    'failure',
    'port-in-no-bridge',
    'sudo vlan_filtering VM1',
  ],
  [
    'a wrong VLAN',
    switchWith({ eth0: ETH0, veth0: member(200) }),
    'failure',
    'port-differs',
    'sudo vlan_filtering VM1',
  ],
  [
    'a port in another bridge than its section wants',
    {
      bridges: [bridge('br0', { filtering: true }), bridge('br1', { filtering: true })],
      ports: [bridgePort('eth0', ETH0), bridgePort('veth0', VETH0, 'br1')],
      files: conf('vlan_filtering', '[veth0]\nguest = VM1\nbridge = br0\npvid = 100\n'),
    },
    'failure',
    'port-differs',
    'sudo kvmvlan explain VM1',
  ],
  [
    'a port that is blocked',
    { details: { veth0: port({ state: 'disabled', guard: true }) }, ...flagged({ bpdu_guard: true }) },
    'failure',
    'port-not-forwarding',
    'sudo ip link set dev veth0 down && sudo ip link set dev veth0 up',
  ],
  [
    'an isolated port, and an isolated trunk',
    flagged({ isolated: true }, { isolated: true }),
    'failure',
    'port-flags',
    'sudo bridge link set dev eth0 isolated off',
  ],
  [
    'a port without learning and flood',
    { ...flagged({ learning: false, flood: false }), commands: fdb() },
    'failure',
    'port-flags',
    'sudo bridge link set dev veth0 learning on flood on',
  ],
  [
    'a port without broadcasts',
    { details: { veth0: port({ bcast_flood: false }) } },
    'failure',
    'port-flags',
    'sudo bridge link set dev veth0 bcast_flood on',
  ],
  [
    'two guests with one MAC address',
    {
      files: {
        ...guest('VM2', 'veth1', VM1_MAC),
        ...conf('vlan_filtering', '[veth*]\nguest = VM*\npvid = 100\n'),
      },
      ...switchWith({ eth0: ETH0, veth0: VETH0, veth1: VETH0 }),
    },
    'failure',
    'mac-twice',
    'virsh edit VM2',
  ],
  [
    'a VLAN interface on the trunk',
    vlanOn('eth0', 100),
    'failure',
    'trunk-vlan-interface',
    'ip -d addr show dev eth0.100   # in the network configuration, move it from eth0 to br0',
  ],
  [
    'an uplink that conf does not name, and a VLAN interface on it',
    { ...vlanOn('eth0', 100), files: conf('bridge_init', '') },
    'failure',
    'trunk-vlan-interface',
    'ip -d addr show dev eth0.100',
  ],
  ['a bond that rewrites', bond('balance-alb'), 'warning', 'bond-mode', 'cat /proc/net/bonding/eth0'],
  [
    'a bond without a partner',
    lacp('00:00:00:00:00:00'),
    'warning',
    'bond-without-partner',
    'cat /proc/net/bonding/eth0',
  ],
  [
    'a trunk without broadcasts',
    { details: { eth0: port({ bcast_flood: false }) } },
    'failure',
    'port-flags',
    'sudo bridge link set dev eth0 bcast_flood on',
  ],
  [
    'a blocked trunk',
    { details: { eth0: port({ state: 'blocking' }) } },
    'failure',
    'trunk-blocked',
    'bridge -d link show dev eth0',
  ],
  [
    'a tap with a larger MTU than the trunk',
    { details: { eth0: { mtu: 1500 }, br0: { mtu: 1500 }, veth0: { mtu: 9000 } } },
    'warning',
    'mtu-too-large',
    "virsh edit VM1   # set <mtu size='1500'/> in the interface",
  ],
  [
    'a tap and the host with larger MTUs than the trunk',
    {
      details: { eth0: { mtu: 1500 }, br0: { mtu: 9000 }, veth0: { mtu: 9000 } },
      ...switchWith({ eth0: ETH0, veth0: VETH0 }, { vlans: member(1) }),
    },
    'warning',
    'mtu-too-large',
    'sudo ip link set dev br0 mtu 1500 && virsh edit VM1   # set',
  ],
  [
    'the host with a larger MTU than one of two trunks',
    {
      files: conf('bridge_init', '[br0]\ntrunk-port = eth0 eth1\n'),
      details: { eth0: { mtu: 9000 }, eth1: { mtu: 1500 }, br0: { mtu: 9000 } },
      ...switchWith({ eth0: ETH0, eth1: member(1), veth0: VETH0 }, { vlans: member(1) }),
    },
    'warning',
    'mtu-too-large',
    'sudo ip link set dev br0 mtu 1500',
  ],
  [
    'a bridge with guests that conf does not name, and that is down',
    {
      files: conf('bridge_init', ''),
      details: { eth0: port({ state: 'disabled' }), veth0: port({ state: 'disabled' }) },
      down: ['br0'],
    },
    'failure',
    'bridge-down',
    'sudo ip link set dev br0 up',
  ],
  [
    'a guest that is also outside',
    { commands: fdb({ mac: VM1_MAC, ifname: 'eth0', vlan: 100 }) },
    'warning',
    'trunk-learned-guest',
    `sudo tcpdump -eni eth0 -c 10 ether src ${VM1_MAC}`,
  ],
  [
    'a trunk of Wi-Fi',
    {
      files: { ...conf('bridge_init', '[br0]\ntrunk-port = en9\n'), '/sys/class/net/en9/phy80211/name': '' },
      links: ['en9'],
      ...switchWith({ veth0: VETH0 }),
    },
    'failure',
    'trunk-wifi',
    'virsh net-start default',
  ],
  [
    'a cloud of Amazon',
    { files: dmi('Amazon EC2', 't3.medium') },
    'warning',
    'provider-drops-guests',
    'virsh net-start default',
  ],
  [
    'a cloud of Microsoft',
    { files: dmi('Microsoft Corporation', 'Virtual Machine', AZURE) },
    'warning',
    'provider-drops-guests',
    'virsh net-start default',
  ],
  [
    'a cloud of Google',
    { files: dmi('Google', 'Google Compute Engine') },
    'warning',
    'provider-drops-guests',
    'virsh net-start default',
  ],
];

const wrong = async (changes: Changes): Promise<Finding[]> =>
  runItems(await factsOf(changes)).filter(({ level }) => level !== 'ok');

test.each(FOUND)('%s', async (_what, changes, level, code, remedy) => {
  const found = await wrong(changes);
  expect(found).toContainEqual(
    expect.objectContaining({ level, code, remedy: expect.stringContaining(remedy) as string }),
  );
  expect(new Set(found.map(({ message }) => message)).size).toBe(found.length);
});

test('what each says', async () => {
  const texts: string[] = [];
  for (const [what, changes, , code] of FOUND) {
    const found = (await wrong(changes)).filter((each) => each.code === code);
    texts.push(`# ${what}`, ...checkReport(found, false).split('\n').slice(0, 2), '');
  }
  expectGolden(join(__dirname, 'golden', 'check_guests.txt'), texts.join('\n'));
});

test.each<[what: string, changes: Changes]>([
  [
    'a wanted flag',
    {
      ...flagged({ isolated: true }),
      files: conf(
        'vlan_filtering',
        '[veth0]\nguest = VM1\npvid = 100\nisolated = yes\n[veth1]\nguest = VM2\npvid = 200\n',
      ),
    },
  ],
  [
    'learning off, with a static entry',
    {
      ...flagged({ learning: false, flood: false }),
      commands: fdb({ mac: VM1_MAC, ifname: 'veth0', vlan: 100, state: 'static' }),
    },
  ],
  [
    'learning off, and the table is not known',
    { ...flagged({ learning: false, flood: false }), commands: { 'bridge -j fdb show': undefined } },
  ],
  ['a guest on its own port', { commands: fdb({ mac: VM1_MAC, ifname: 'veth0', vlan: 100 }) }],
  ['its address in another VLAN outside', { commands: fdb({ mac: VM1_MAC, ifname: 'eth0', vlan: 200 }) }],
  ['a static entry outside', { commands: fdb({ mac: VM1_MAC, ifname: 'eth0', vlan: 100, state: 'static' }) }],
  [
    'an address that a routing daemon learned for the bridge',
    { commands: fdb({ mac: VM1_MAC, ifname: 'eth0', vlan: 100, flags: ['extern_learn'] }) },
  ],
  [
    'a guest that is being migrated',
    {
      commands: fdb({ mac: VM1_MAC, ifname: 'eth0', vlan: 100 }),
      files: { '/run/libvirt/qemu/VM1.xml': statusXml(guestXml('VM1', nicsIn('br0', 'veth0')), 'paused') },
    },
  ],
  [
    'one MAC address in two VLANs',
    {
      files: guest('VM2', 'veth1', VM1_MAC),
      ...switchWith({ eth0: ETH0, veth0: VETH0, veth1: member(200) }),
    },
  ],
  [
    'a VLAN interface for a VLAN that no guest needs',
    { ...vlanOn('eth0', 300), ...switchWith({ eth0: member(1, 100, 200), veth0: VETH0 }) },
  ],
  ['a VLAN interface on the bridge', vlanOn('br0', 100)],
  [
    'a VLAN interface for the native VLAN',
    {
      ...vlanOn('eth0', 100),
      ...switchWith({ eth0: member(100, 200), veth0: VETH0 }, { vlans: member(100) }),
      files: conf('bridge_init', '[br0]\ntrunk-port = eth0\ntrunk-pvid = 100\ntrunk-tags = 200\n'),
    },
  ],
  [
    'a VLAN interface on an uplink that conf does not name, for another VLAN',
    {
      ...vlanOn('eth0', 300),
      ...switchWith({ eth0: member(1, 100, 300), veth0: VETH0 }),
      files: conf('bridge_init', ''),
    },
  ],
  ['a VLAN interface of a provider bridge', vlanOn('eth0', 100, '802.1ad')],
  ['a bond', bond('active-backup')],
  ['a bond with a partner', lacp('02:00:00:00:00:01')],
  ['a disabled port without a carrier', { details: { veth0: port({ state: 'disabled' }) }, down: ['veth0'] }],
  [
    'a port that listens',
    { details: { veth0: port({ state: 'listening' }), eth0: port({ state: 'learning' }) } },
  ],
  [
    'one trunk of two is blocked',
    {
      files: conf('bridge_init', '[br0]\ntrunk-port = eth0 eth1\n'),
      ...switchWith({ eth0: ETH0, eth1: ETH0, veth0: VETH0 }),
      details: { eth1: port({ state: 'blocking' }) },
    },
  ],
  [
    'a trunk with the larger MTU',
    { details: { eth0: { mtu: 9000 }, br0: { mtu: 1500 }, veth0: { mtu: 1500 } } },
  ],
  [
    'a tap with a larger MTU than a trunk without its VLANs',
    {
      files: conf('bridge_init', '[br0]\ntrunk-port = eth0 eth1\n'),
      ...switchWith({ eth0: ETH0, eth1: member(1), veth0: VETH0 }, { vlans: member(1) }),
      details: { eth0: { mtu: 9000 }, eth1: { mtu: 1500 }, br0: { mtu: 1500 }, veth0: { mtu: 9000 } },
    },
  ],
  ['Wi-Fi that is a port', { files: { '/sys/class/net/eth0/phy80211/name': '' } }],
  ['KVM below', { files: dmi('QEMU', 'Standard PC (Q35 + ICH9, 2009)') }],
  ['a server of Microsoft', { files: dmi('Microsoft Corporation', 'Surface') }],
  [
    'a cloud, and a trunk without hardware',
    { files: { ...dmi('Amazon EC2', 'm5.metal'), '/sys/class/net/eth0/device/uevent': undefined } },
  ],
])('no false alarm: %s', async (_what, changes) => {
  expect(await wrong(changes)).toEqual([]);
});

test.each<[what: string, changes: Changes, codes: string[]]>([
  [
    'a bridge that is down disables its ports',
    { down: ['br0'], details: { eth0: port({ state: 'disabled' }), veth0: port({ state: 'disabled' }) } },
    ['bridge-down'],
  ],
  [
    'a port in VLAN 1, although conf wants another',
    switchWith({ eth0: ETH0, veth0: member(1) }),
    ['port-differs'],
  ],
  [
    'a bridge that does not filter',
    switchWith({ eth0: ETH0, veth0: VETH0 }, { filtering: false }),
    ['bridge-not-filtering'],
  ],
])('reported once: %s', async (_what, changes, codes) => {
  const all = runItems(await factsOf(changes));
  expect(all.filter(({ level }) => level !== 'ok').map(({ code }) => code)).toEqual(codes);
  // No line says that all is well there.
  const fine = all.filter(({ level }) => level === 'ok').map(({ item }) => item);
  const isAboutPorts = codes.some((code) => code !== 'bridge-down');
  expect(fine.includes(isAboutPorts ? 'ports' : 'uplink')).toBe(false);
});

test('nothing is said of ports as long as one is missing', async () => {
  const files = conf(
    'vlan_filtering',
    '[veth0]\nguest = VM1\npvid = 100\n[veth9]\nguest = VM1\npvid = 100\n',
  );
  const xml = statusXml(guestXml('VM1', nicsIn('br0', 'veth0', 'veth9')));
  const facts = await factsOf({ files: { ...files, '/run/libvirt/qemu/VM1.xml': xml } });
  expect(facts.state?.missing).toMatchObject([{ name: 'veth9' }]);
  expect(runItems(facts).filter(({ item }) => item === 'ports')).toEqual([]);
});

test.each([
  [dmi('VMware, Inc.', 'VMware Virtual Platform'), 'forged transmits'],
  [dmi('Microsoft Corporation', 'Virtual Machine'), 'MAC address spoofing'],
  [dmi('innotek GmbH', 'VirtualBox'), 'VirtualBox'],
  [dmi('OpenStack Foundation', 'OpenStack Nova'), 'allowed address pairs'],
])('advice for a host that is a guest itself %#', async (files, advice) => {
  const facts = await factsOf({ files });
  const found = runItems(facts).filter(({ item }) => item === 'provider');
  expect(found).toEqual([
    expect.objectContaining({ level: 'ok', message: expect.stringContaining(advice) as string }),
  ]);
});

test('output that cannot be parsed is not known', async () => {
  const facts = await factsOf({
    commands: { 'ip -j -d link show': 'Error', 'bridge -j fdb show': 'Error' },
  });
  expect([facts.links, facts.bridgeLinks, facts.fdb]).toEqual([null, null, null]);
  expect(runItems(facts).filter(({ level }) => level !== 'ok')).toEqual([]);
});
