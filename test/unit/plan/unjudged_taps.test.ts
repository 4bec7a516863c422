import { describePortVlans } from '../../../lib/model/vlan/port_vlans';
import { FakeHost } from '../fake_host/fake_host';
import { nicsIn } from '../fake_host/guest_xml';
import { bridge, bridgePort, member } from '../model/host/host_parts';
import { planFor, setAll } from './programs';

const QUARANTINE = '[everybody]\nguest = *\nbridge = br0\npvid = 999\n';
const BROKEN = "<domstatus state='running'><domain><devices><interface><target dev='hidden'/>";

/** VM1, which can be read, and a guest that cannot, with taps of which one is hot-plugged; a tap of no guest. */
function world(vlan_filtering: string, bridge_init = ''): FakeHost {
  const taps = ['veth0', 'hidden', 'vnet7', 'vpn'];
  return new FakeHost({
    bridges: [bridge('br0', { filtering: true })],
    ports: [bridgePort('eth0', member(1)), ...taps.map((name) => bridgePort(name, member(1)))],
    confs: { bridge_init, vlan_filtering },
    guests: { VM1: nicsIn('br0', 'veth0') },
    files: { '/run/libvirt/qemu/BROKEN.xml': BROKEN },
  });
}

async function vlansThen(made: FakeHost): Promise<Record<string, string>> {
  const { status, summary } = await setAll(made);
  expect([status, summary]).toEqual([1, expect.stringContaining('BROKEN')]);
  const names = ['veth0', 'hidden', 'vnet7', 'vpn', 'eth0'];
  return Object.fromEntries(names.map((name) => [name, describePortVlans(made.kernel.vlansOf(name))]));
}
const untouched = { vnet7: 'PVID 1', vpn: 'PVID 1', eth0: 'PVID 1' };

test.each([
  ['quarantine', QUARANTINE, ''],
  [
    'default-pvid = none',
    '[veth0]\nguest = VM1\npvid = 999\n',
    '[br0]\ntrunk-port = eth0\ndefault-pvid = none\n',
  ],
])(
  'a guest that cannot be read gets no VLAN where conf keeps strangers out: %s',
  async (_, conf, bridgeConf) => {
    expect(await vlansThen(world(conf, bridgeConf))).toEqual({
      veth0: 'PVID 999',
      hidden: 'no VLANs',
      ...untouched,
    });
  },
);

test('elsewhere its ports stay as they are', async () => {
  expect(await vlansThen(world('[veth0]\nguest = VM1\npvid = 999\n'))).toEqual({
    veth0: 'PVID 999',
    hidden: 'PVID 1',
    ...untouched,
  });
});

test('`kvmvlan plan` shows the same', async () => {
  const made = world(QUARANTINE);
  const { plan } = await planFor(made);
  expect(plan.steps.filter(({ dev }) => dev === 'hidden').map(({ args }) => args.join(' '))).toEqual([
    'vlan del dev hidden vid 1',
  ]);
});
