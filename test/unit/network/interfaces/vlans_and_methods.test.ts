import { portVlans } from '../../../../lib/model/vlan/port_vlans';
import type { Vid } from '../../../../lib/model/vlan/vid';
import type { BridgeVlans } from '../../../../lib/network/backend';
import { FakeHost } from '../../fake_host/fake_host';
import { recordedCase } from './recorded_case';

const list = (pvid: number, ...tagged: number[]) => portVlans({ pvid: pvid as Vid, tagged: tagged as Vid[] });

/** A recorded host with other stanzas of eth0 or other VLANs in conf. */
async function rendered(name: string, stanzas: string | null, vlans: Partial<BridgeVlans> = {}) {
  const { host, backend, request } = await recordedCase(name);
  const files = stanzas === null ? host.files : { '/etc/network/interfaces': stanzas };
  const changed = new FakeHost({ files });
  const io = { files: changed.networkFiles(), exec: host.exec };
  const asked = { ...request, vlans: [], bridgeVlans: { ...request.bridgeVlans, ...vlans } };
  const { change, problems } = backend.render(await backend.snapshot(io, 'eth0'), asked);
  return { text: change?.trial[0]?.text ?? '', said: problems.map(({ level, code }) => `${level} ${code}`) };
}

describe('VLANs of a section in conf', () => {
  const commands = async (vlans: Partial<BridgeVlans>) =>
    (await rendered('installer_dhcp', null, vlans)).text.match(
      /(?<=pre-up )bridge vlan .*|vlan_default_pvid \d+/g,
    );

  test.each<[string, Partial<BridgeVlans>, string[]]>([
    [
      'other tags for the port',
      { own: list(1, 200), trunk: list(1, 100, 200, 201) },
      [
        'vlan_default_pvid 1',
        'bridge vlan add vid 200 dev br0 self',
        'bridge vlan add vid 100 dev eth0',
        'bridge vlan add vid 200-201 dev eth0',
      ],
    ],
    ['another PVID', { own: list(10), trunk: list(10) }, ['vlan_default_pvid 10']],
    [
      'no default PVID',
      { own: list(1), trunk: list(1), defaultPvid: null },
      [
        'vlan_default_pvid 0',
        'bridge vlan add vid 1 dev br0 self pvid untagged',
        'bridge vlan add vid 1 dev eth0 pvid untagged',
      ],
    ],
    [
      'another default PVID, which the port carries tagged',
      { own: list(1), trunk: list(1, 9), defaultPvid: 9 as Vid },
      [
        'vlan_default_pvid 9',
        'bridge vlan add vid 1 dev br0 self pvid untagged',
        'bridge vlan del vid 9 dev br0 self',
        'bridge vlan add vid 1 dev eth0 pvid untagged',
        'bridge vlan add vid 9 dev eth0',
      ],
    ],
  ])('ifupdown: %s', async (_, vlans, expected) => expect(await commands(vlans)).toEqual(expected));

  test('ifupdown2: those of the port', async () => {
    const { text } = await rendered('ifupdown2_installer_dhcp', null, {
      own: list(1, 400),
      trunk: list(1, 100, 200, 201),
    });
    expect(text.match(/bridge-(vids|pvid) .*/g)).toEqual(['bridge-pvid 1', 'bridge-vids 100 200-201']);
  });

  test.each<[string, Partial<BridgeVlans>]>([
    ['another PVID', { own: list(10), trunk: list(10) }],
    ['no default PVID', { defaultPvid: null }],
  ])('ifupdown2: %s is refused', async (_, vlans) =>
    expect((await rendered('ifupdown2_installer_dhcp', null, vlans)).said).toEqual(['error bridge-refused']),
  );
});

describe('ifupdown2 takes the method of the first stanza for all', () => {
  const DHCP = 'iface eth0 inet dhcp\n';
  /** Its warning of every bridge. */
  const FORWARDS = ['warning bridge-cannot-keep'];
  const STATIC6 = 'iface eth0 inet6 static\n    address 2001:db8:1::10/64\n';
  test.each([
    ['both', `auto eth0\n${DHCP}${STATIC6}`, ['error bridge-refused']],
    ['both, the other way', `auto eth0\n${STATIC6}${DHCP}`, ['error bridge-refused']],
    [
      'a label',
      `auto eth0\n${DHCP}iface eth0:1 inet static\n    address 192.0.2.9/24\n`,
      ['error bridge-refused'],
    ],
    ['only dhcp', `auto eth0\n${DHCP}iface eth0 inet6 dhcp\n`, FORWARDS],
    ['another interface', `auto eth0\n${DHCP}iface eth1 inet static\n    address 192.0.2.9/24\n`, FORWARDS],
  ])('%s', async (_, text, expected) =>
    expect((await rendered('ifupdown2_installer_dhcp', text)).said).toEqual(expected),
  );

  test('ifupdown has no such limit', async () =>
    expect((await rendered('installer_dhcp', `auto eth0\n${DHCP}${STATIC6}`)).said).toEqual([]));
});
