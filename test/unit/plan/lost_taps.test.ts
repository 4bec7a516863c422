import type { DomainInterface } from '../../../lib/model/guest/domain';
import { anInterface } from '../model/guest/an_interface';
import { lostTaps, type HostLink } from '../../../lib/plan/lost_taps';

const iface = (changes: Partial<DomainInterface>): DomainInterface =>
  anInterface({ dev: 'vnet0', bridge: 'br0', ...changes });
const BR0: HostLink = { name: 'br0', kind: 'bridge', master: null };
const lostOf = (links: readonly HostLink[], ...interfaces: DomainInterface[]): string[] =>
  lostTaps(
    interfaces.map((each, index) => ({ guest: `VM${index + 1}`, iface: each })),
    links,
  ).map(({ dev, bridge, guest }) => `${guest}: ${dev} -> ${bridge}`);
const tap = (master: string | null, name = 'vnet0'): HostLink => ({ name, kind: 'tun', master });

test('a tap without a bridge is put back into the one of its guest', () => {
  expect(lostOf([BR0, tap(null)], iface({}))).toEqual(['VM1: vnet0 -> br0']);
  // As libvirt resolved it: the network's bridge.
  expect(lostOf([BR0, tap(null)], iface({ type: 'network', network: 'lan' }))).toEqual(['VM1: vnet0 -> br0']);
});

test('of several only those that are lost', () => {
  const links = [BR0, { ...BR0, name: 'br1' }, tap('br0'), tap(null, 'vnet1'), tap(null, 'vnet2')];
  const interfaces = [iface({}), iface({ dev: 'vnet1' }), iface({ dev: 'vnet2', bridge: 'br1' })];
  expect(lostOf(links, ...interfaces)).toEqual(['VM2: vnet1 -> br0', 'VM3: vnet2 -> br1']);
});

test.each<[why: string, links: readonly HostLink[], interfaces: readonly DomainInterface[]]>([
  ['it is in its bridge', [BR0, tap('br0')], [iface({})]],
  ['it is in another bridge', [BR0, tap('br1')], [iface({})]],
  ['it is a port of Open vSwitch', [BR0, tap('ovs-system')], [iface({})]],
  ['it is gone', [BR0], [iface({})]],
  ['its bridge is gone', [tap(null)], [iface({})]],
  ['what has the bridge’s name is none', [{ name: 'br0', kind: null, master: null }, tap(null)], [iface({})]],
  ['it is a network card', [BR0, { name: 'vnet0', kind: null, master: null }], [iface({})]],
  ['it is a macvtap', [BR0, { name: 'vnet0', kind: 'macvtap', master: null }], [iface({})]],
  ['it is a container’s', [BR0, { name: 'vnet0', kind: 'veth', master: null }], [iface({})]],
  ['no running guest has it', [BR0, tap(null, 'tap7')], [iface({})]],
  ['the guest’s XML names no bridge', [BR0, tap(null)], [iface({ bridge: null })]],
  ['the interface has no tap', [BR0, tap(null)], [iface({ dev: null })]],
  ['libvirt only made the tap', [BR0, tap(null)], [iface({ type: 'ethernet' })]],
  ['two guests claim it', [BR0, tap(null)], [iface({}), iface({ bridge: 'br1' })]],
])('nothing is put anywhere where %s', (_why, links, interfaces) => {
  expect(lostOf(links, ...interfaces)).toEqual([]);
});
