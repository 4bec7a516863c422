import type { NetworkChange } from '../../../../lib/model/network/network_change';
import type { Vid } from '../../../../lib/model/vlan/vid';
import type { BridgeRequest, Rendered } from '../../../../lib/network/backend';
import { ifupdownBackend } from '../../../../lib/network/ifupdown/ifupdown_backend';
import { FakeHost } from '../../fake_host/fake_host';
import { link, network } from '../../plan/network/some_network';
import { plainVlans } from '../plain_vlans';
import { ioOf } from './recorded_case';

const MAIN = '/etc/network/interfaces';
const FOLDER = '/etc/network/interfaces.d';
const STATIC = 'iface eth0 inet static\n  address 192.0.2.10/24\n';

function hostWith(files: Record<string, string>, ipv6 = '0'): FakeHost {
  const disable = { '/proc/sys/net/ipv6/conf/eth0/disable_ipv6': `${ipv6}\n` };
  return new FakeHost({
    files: { ...files, ...disable },
    commands: { 'ifquery --state eth0': 'eth0=eth0\n' },
  });
}

const VID = 200 as Vid;
const VLANS = plainVlans([{ name: 'eth0.200', vid: VID }]);

const REQUEST: BridgeRequest = {
  ...{ bridge: 'br0', port: link('eth0'), vlans: [], bridgeVlans: VLANS },
  network: network([link('eth0')]),
};

async function renderOn(host: FakeHost): Promise<Rendered> {
  return ifupdownBackend.render(await ifupdownBackend.snapshot(ioOf(host), 'eth0'), REQUEST);
}

const render = (main: string, more: Record<string, string> = {}) =>
  renderOn(hostWith({ [MAIN]: main, ...more }));

const triedAs = ({ change }: Rendered, path = MAIN): string =>
  change?.trial.find(({ over }) => over === path)?.text ?? '';

const codes = ({ problems }: Rendered): string[] => problems.map(({ level, code }) => `${level} ${code}`);

test('the first stanza is the one that ifupdown reads first, also in a sourced file', async () => {
  const main = `source ${FOLDER}/*\nauto eth0\n${STATIC}`;
  const v6 = 'iface eth0 inet6 static\n  address 2001:db8::10/64\n';
  const found = await render(main, { [`${FOLDER}/v6`]: v6 });
  expect(triedAs(found, `${FOLDER}/v6`)).toContain('ip link add name br0');
  expect(triedAs(found)).not.toContain('ip link add name br0');
});

test('relative patterns begin in the folder of their file', async () => {
  const more = { [`${FOLDER}/a`]: 'source more/b\n', [`${FOLDER}/more/b`]: STATIC };
  expect(triedAs(await render(`source interfaces.d/a\nauto eth0\n`, more), `${FOLDER}/more/b`)).toContain(
    'iface br0 inet static',
  );
});

test('a NIC that comes back becomes a port again', async () => {
  const [auto, hotplug] = await Promise.all([
    render(`auto eth0\n${STATIC}`),
    render(`allow-hotplug eth0\n${STATIC}`),
  ]);
  const lines = [
    '  up test ! -e /sys/class/net/br0 || ip link set dev eth0 master br0\n',
    '  up test ! -e /sys/class/net/br0 || bridge vlan add vid 200 dev eth0\n',
  ].join('');
  expect(triedAs(hotplug)).toContain(lines);
  expect(triedAs(auto)).not.toContain('up test ! -e');
});

describe('what is refused', () => {
  test.each<[string, string]>([
    ['a stanza that is gone', 'auto eth0\n'],
    ['files by a pattern of folders', `source /etc/network/*/eth0\nauto eth0\n${STATIC}`],
    ['files by a command', `source $(cat /x)\nauto eth0\n${STATIC}`],
    ['802.1X', `auto eth0\n${STATIC}  wpa-conf /etc/wpa_supplicant.conf\n`],
    [
      'a template with settings of the link',
      'iface wired inet static\n  bond-mode 1\nauto eth0\niface eth0 inherits wired\n  address 192.0.2.10/24\n',
    ],
  ])('%s', async (_what, main) => {
    const found = await render(main);
    expect(found.change).toBeNull();
    expect(codes(found)).toEqual(['error bridge-refused']);
  });
});

describe('what is said before', () => {
  test.each<[string, string]>([
    ['a NIC that is not started at boot', STATIC],
    ['a label in a command', `auto eth0\n${STATIC}  up ifconfig eth0:1 192.0.2.11\n`],
    ['a sysctl of the NIC', `auto eth0\n${STATIC}  up sysctl -w net.ipv4.conf.eth0.rp_filter=2\n`],
  ])('%s', async (_what, main) => {
    const found = await render(main);
    expect(found.change).not.toBeNull();
    expect(codes(found)).toEqual(['warning bridge-cannot-keep']);
  });

  test.each(['auto /eth*', 'auto mac/52:54:00:*', 'allow-hotplug eth0', 'allow-auto eth0'])(
    'nothing with %s',
    async (line) => expect(codes(await render(`${line}\n${STATIC}`))).toEqual([]),
  );
});

describe('removal', () => {
  const LO = 'auto lo\niface lo inet loopback\n\n';
  const OTHER = '\nauto eth1\niface eth1 inet dhcp\n';

  /** A host with the bridge, its interfaces file edited, and the removal there. */
  async function removal(edit: (text: string) => string, ipv6 = '0') {
    const host = hostWith({ [MAIN]: `${LO}auto eth0\n${STATIC}` }, ipv6);
    const created = (await renderOn(host)).change as NetworkChange;
    host.files[MAIN] = edit(created.kept[0]?.text ?? '');
    const record = { bridge: 'br0', port: 'eth0', vlans: [], created };
    return ifupdownBackend.renderRemoval(ioOf(host), record, REQUEST.network);
  }

  test('edits of other interfaces stay', async () => {
    const { change, problems } = await removal((text) => `# mine\n${text}${OTHER}`);
    expect(problems).toEqual([]);
    expect(change?.kept[0]?.text).toBe(`# mine\n${LO}auto eth0\n${STATIC}${OTHER}`);
  });

  test('edits of what moved stay', async () => {
    const { change, problems } = await removal((text) => text.replace('192.0.2.10', '192.0.2.11'));
    expect(problems).toEqual([]);
    expect(change?.kept[0]?.text).toBe(`${LO}auto eth0\n${STATIC.replace('192.0.2.10', '192.0.2.11')}`);
  });

  test.each<[string, (text: string) => string]>([
    ['lines of the bridge itself', (text) => text.replace('stp_state 0', 'stp_state 1')],
    ['a command that names the bridge', (text) => `${text}  up ip route add 10.0.0.0/8 dev br0\n`],
    ['a VLAN interface of the bridge', (text) => `${text}iface br0.300 inet dhcp\n`],
    ['a second copy', (text) => text + text],
  ])('%s: an edit that cannot stay is not overwritten', async (_what, edit) => {
    const { change, problems } = await removal(edit);
    expect(change).toBeNull();
    expect(problems.map(({ code }) => code)).toEqual(['bridge-refused']);
  });

  test.each([
    ['on', '0', true],
    ['off', '1', false],
  ])('IPv6 of the port is %s if it was so before', async (_, ipv6, isOn) => {
    const { change } = await removal((text) => text, ipv6);
    const takeDown = change?.trial.find(({ over }) => over === null)?.text ?? '';
    expect(takeDown.includes('disable_ipv6=0')).toBe(isOn);
  });
});

test("dhcpcd's records of an interface end with it: resolv.conf has no room for the old ones", async () => {
  const host = hostWith({ [MAIN]: 'auto eth0\niface eth0 inet dhcp\n', '/usr/sbin/dhcpcd': '' });
  const { change } = await renderOn(host);
  const takeDown = change?.trial.find(({ over }) => over === null)?.text ?? '';
  for (const dev of ['eth0', 'br0']) {
    const [end, ...forget] = takeDown.split('\n').flatMap((line) => {
      const command = /^ *pre-down (.*)$/.exec(line)?.[1] ?? '';
      return RegExp(`\\b${dev}\\b`).test(command) && command.includes('dhcpcd') ? [command] : [];
    });
    expect(end).toBe(`dhcpcd -x ${dev}`);
    expect(forget.map((line) => /protocol=(\w+) .*dhcpcd-run-hooks$/.exec(line)?.[1])).toEqual([
      'dhcp',
      'dhcp6',
      'ra',
    ]);
  }
});
