import { checkReport } from '../../../../lib/cli/check/check_report';
import type { Finding } from '../../../../lib/cli/check/finding';
import { runItems } from '../../../../lib/cli/check/run_items';
import { ROOT } from '../../fake_host/fake_host';
import { failed, NOT_FOUND } from '../../fake_host/exec_results';
import { expectGolden } from '../../golden';
import { bundle } from '../hooks_root';
import { factsOf, type Changes } from './facts_of';
import { recordedCommands } from './netfilter/recorded';
import { join } from 'node:path';

const CONF = `[DEFAULT]
uplink = br0
pool = 203.0.113.16/28, 2001:db8::/64
[web1]
guest = web1
nic = 0
address = 203.0.113.20, 2001:db8::20
`;
const V4 = '/proc/sys/net/ipv4';
const V6 = '/proc/sys/net/ipv6';
const SETTINGS = {
  [`${V4}/conf/br0/forwarding`]: '1\n',
  [`${V6}/conf/all/forwarding`]: '1\n',
  [`${V6}/conf/br0/forwarding`]: '1\n',
  [`${V6}/conf/all/proxy_ndp`]: '1\n',
};
const PHASES = ['daemon_start', 'daemon_reload'].concat(
  ['migrate_begin', 'start_begin', 'started_begin'].map((phase) => `qemu_${phase}`),
  ['stopped_end', 'release_end', 'reconnect_begin'].map((phase) => `qemu_${phase}`),
);
const UNITS =
  'systemctl show --property=Id,ActiveState,UnitFileState kvmvlan-routes.path kvmvlan-routes.timer systemd-networkd.service';

/** What `systemctl show` prints of the units, with these that are not active. */
function units(...inactive: readonly string[]): string {
  const names = ['kvmvlan-routes.path', 'kvmvlan-routes.timer', 'systemd-networkd.service'];
  return names
    .map((name) => `Id=${name}\nActiveState=${inactive.includes(name) ? 'inactive' : 'active'}\n`)
    .join('\n');
}

const INTERFACE = "<interface type='ethernet'><mac address='52:54:00:00:00:05'/><target dev='vnet3'/>";

function guest(name: string, inside = '', iface = INTERFACE): string {
  return `<domain><name>${name}</name><devices>${iface}<alias name='net0'/>${inside}</interface></devices></domain>`;
}

const running = (domain: string): string => `<domstatus state='running'>${domain}</domstatus>`;

/** A host that routes what it should. */
const ROUTED: Changes & { readonly files: object; readonly commands: object } = {
  links: ['vnet3'],
  details: {
    br0: {
      addr_info: [
        { family: 'inet', local: '203.0.113.17', prefixlen: 28, scope: 'global' },
        { family: 'inet6', local: '2001:db8::1', prefixlen: 64, scope: 'global' },
      ],
    },
    vnet3: { address: 'fe:54:00:00:00:05' },
  },
  files: {
    [`${ROOT}/conf/guest_routes.conf`]: CONF,
    '/run/libvirt/qemu/web1.xml': running(guest('web1')),
    ...SETTINGS,
    ...Object.fromEntries(PHASES.map((phase) => [`${ROOT}/${phase}.d/guest_routes`, bundle('guest_routes')])),
  },
  commands: {
    'ip -N -j -4 -batch -': '[]\n[]\n[]\n[]\n',
    'ip -N -j -6 -batch -': '[]\n[]\n[]\n[]\n',
    'nft -j list table netdev kvmvlan': '{"nftables": []}',
    'nft -j -t list ruleset': '{"nftables": []}',
    'perl --version': 'This is perl 5\n',
    [UNITS]: units(),
    'systemd-analyze cat-config systemd/networkd.conf': '# [Network]\n#ManageForeignRoutingPolicyRules=yes\n',
  },
};

async function findings({ files, commands, ...changes }: Changes = {}): Promise<Finding[]> {
  return runItems(
    await factsOf({
      ...ROUTED,
      ...changes,
      files: { ...ROUTED.files, ...files },
      commands: { ...ROUTED.commands, ...commands },
    }),
  );
}

/** The findings of routed interfaces: `level code`. */
async function codes(changes: Changes): Promise<string[]> {
  const found = await findings(changes);
  return found.flatMap(({ level, code, item }) => (item === 'routes' ? [`${level} ${code}`] : []));
}

test('nothing is read and reported where no guest is routed', async () => {
  const found = await findings({
    files: { [`${ROOT}/conf/guest_routes.conf`]: '[DEFAULT]\nuplink = br0\n' },
  });
  expect(found.filter(({ item }) => item === 'routes')).toEqual([]);
});

test('a host that routes what it should', async () => {
  const found = await findings();
  expect(found.filter(({ level }) => level !== 'ok')).toEqual([]);
  expect(found).toContainEqual({
    item: 'routes',
    code: 'ok',
    level: 'ok',
    message: 'this host can route the addresses of guests',
    remedy: null,
  });
  expect(found.find(({ item }) => item === 'scripts')?.message).toBe(
    'bridge_init, vlan_filtering and guest_routes run in their phases',
  );
});

const RULE = '{"priority":1000,"iif":"vnet9","iif_detached":null,"table":"500","protocol":"107"}';
const FILTER =
  '{"nftables": [{"chain": {"family": "netdev", "table": "kvmvlan", "name": "tap-vnet9", "handle": 1, "dev": "vnet9", "type": "filter", "hook": "ingress", "prio": -300, "policy": "drop"}}]}';
const DEFAULT_ROUTES = '[{"dst":"default","type":"7","table":"500"}]\n[]\n[]\n[]\n';
/** A table with a last route for each family. */
const IN_TABLE: Pick<Required<Changes>, 'files' | 'commands'> = {
  files: { [`${ROOT}/conf/guest_routes.conf`]: `${CONF}table = 500\n` },
  commands: { 'ip -N -j -4 -batch -': DEFAULT_ROUTES, 'ip -N -j -6 -batch -': DEFAULT_ROUTES },
};
const SECOND = {
  '/run/libvirt/qemu/web2.xml': running(guest('web2').replaceAll(':05', ':06').replace('vnet3', 'vnet4')),
};

test.each<[what: string, changes: Changes, ...found: string[]]>([
  ['a setting', { files: { [`${V4}/conf/br0/forwarding`]: '0' } }, 'failure route-not-forwarding'],
  ['a doubtful setting', { files: { [`${V4}/conf/br0/proxy_arp`]: '1' } }, 'warning route-setting'],
  ['no nft', { commands: { 'nft -j list table netdev kvmvlan': NOT_FOUND } }, 'failure route-no-nft'],
  ['routes cannot be read', { commands: { 'ip -N -j -4 -batch -': NOT_FOUND } }, 'unknown not-known'],
  ['netfilter drops', { commands: recordedCommands('debian-12', 'docker') }, 'failure route-dropped'],
  [
    '<source><ip>',
    {
      files: {
        '/run/libvirt/qemu/web1.xml': running(
          guest('web1', "<source><ip address='169.254.0.1' peer='203.0.113.20'/></source>"),
        ),
      },
    },
    'failure route-host-address',
  ],
  [
    '<filterref> of a guest that is off',
    { files: { '/etc/libvirt/qemu/off.xml': guest('off', "<filterref filter='clean-traffic'/>") } },
    'warning route-filterref',
  ],
  [
    'a guest in a bridge',
    {
      files: {
        '/etc/libvirt/qemu/web1.xml': guest('web1', "<source bridge='br0'/>", "<interface type='bridge'>"),
        '/run/libvirt/qemu/web1.xml': undefined,
      },
    },
    'failure interface-not-routable',
  ],
  [
    'the MAC of a tap',
    { details: { ...ROUTED.details, vnet3: { address: 'fe:54:00:00:00:06' } } },
    'warning route-tap-mac',
  ],
  [
    'the MTU of a tap',
    { details: { ...ROUTED.details, vnet3: { address: 'fe:54:00:00:00:05', mtu: 9000 } } },
    'warning mtu-too-large',
  ],
  [
    'a rule without its tap',
    { commands: { 'ip -N -j -4 -batch -': `[]\n[]\n[]\n[${RULE}]\n` } },
    'warning route-rule-left',
  ],
  [
    'a rule of others',
    { commands: { 'ip -N -j -4 -batch -': `[]\n[]\n[]\n[${RULE.replace('107', '3')}]\n` } },
    'ok ok',
  ],
  [
    'a filter without its tap',
    { commands: { 'nft -j list table netdev kvmvlan': FILTER } },
    'warning route-filter-left',
  ],
  [
    'units',
    { commands: { [UNITS]: units('kvmvlan-routes.path', 'kvmvlan-routes.timer') } },
    'warning unit-inactive',
    'warning unit-inactive',
  ],
  ['no systemd', { commands: { [UNITS]: NOT_FOUND } }, 'ok ok'],
  ['no perl', { commands: { 'perl --version': undefined, 'python3 --version': 'Python 3\n' } }, 'ok ok'],
  ['neither perl nor python3', { commands: { 'perl --version': undefined } }, 'warning route-no-sender'],
  ['networkd and `table`', IN_TABLE, 'warning route-rules-dropped'],
  [
    'a table without a default route for one family',
    {
      ...IN_TABLE,
      commands: {
        ...IN_TABLE.commands,
        [UNITS]: units('systemd-networkd.service'),
        'ip -N -j -6 -batch -': '[]\n[]\n[]\n[]\n',
      },
    },
    'warning route-table-open',
  ],
  [
    'networkd leaves rules alone',
    {
      ...IN_TABLE,
      commands: {
        ...IN_TABLE.commands,
        'systemd-analyze cat-config systemd/networkd.conf':
          'ManageForeignRoutingPolicyRules = yes\nManageForeignRoutingPolicyRules = no\n',
      },
    },
    'ok ok',
  ],
  [
    'networkd does not run',
    { ...IN_TABLE, commands: { ...IN_TABLE.commands, [UNITS]: units('systemd-networkd.service') } },
    'ok ok',
  ],
  [
    'an address of two guests',
    {
      files: { ...SECOND, [`${ROOT}/conf/guest_routes.conf`]: CONF.replace('guest = web1', 'guest = web*') },
    },
    'failure address-twice',
    'failure address-twice',
  ],
])('%s', async (_, changes, ...found) => {
  expect(await codes(changes)).toEqual(found);
});

const FORWARD = '*filter\n:FORWARD DROP [0:0]\n-A FORWARD -s 203.0.113.16/28 -j ACCEPT\nCOMMIT\n';
const ANSWERS = '-A FORWARD -d 2001:db8::/64 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT';
const IPTABLES = (tool: string, range: string): string =>
  `sudo ${tool} -I FORWARD -s ${range} -j ACCEPT && sudo ${tool} -I FORWARD -d ${range} -j ACCEPT`;
const drops = (program: string): string =>
  `${program} drops what guest web1 (203.0.113.20) sends: no rule of its forward chain accepts it`;
const FIREWALL_CMD = 'sudo firewall-cmd --permanent';

test.each<[program: string, commands: Changes['commands'], message: string, remedy: string]>([
  [
    'docker',
    recordedCommands('debian-12', 'docker'),
    drops('iptables'),
    IPTABLES('iptables', '203.0.113.16/28'),
  ],
  [
    'ufw',
    recordedCommands('debian-12', 'ufw'),
    drops('ufw'),
    'sudo ufw route allow from 203.0.113.16/28 && sudo ufw route allow to 203.0.113.16/28',
  ],
  [
    'firewalld',
    recordedCommands('debian-12', 'firewalld'),
    drops('firewalld'),
    [
      `${FIREWALL_CMD} --get-policies | grep -qw kvmvlan || ${FIREWALL_CMD} --new-policy=kvmvlan; ${FIREWALL_CMD} --policy=kvmvlan --add-ingress-zone=ANY`,
      `${FIREWALL_CMD} --policy=kvmvlan --add-egress-zone=ANY`,
      `${FIREWALL_CMD} --policy=kvmvlan --add-rich-rule='rule family=ipv4 source address=203.0.113.16/28 accept'`,
      `${FIREWALL_CMD} --policy=kvmvlan --add-rich-rule='rule family=ipv4 destination address=203.0.113.16/28 accept'`,
      'sudo firewall-cmd --reload',
    ].join(' && '),
  ],
  [
    'nftables',
    recordedCommands('debian-12', 'native_inet'),
    drops('the table inet own of nftables'),
    'sudo nft list table inet own   # add to its forward chain: ip saddr 203.0.113.16/28 accept; ip daddr 203.0.113.16/28 accept',
  ],
  [
    'iptables-legacy',
    recordedCommands('debian-12', 'legacy'),
    drops('iptables-legacy'),
    IPTABLES('iptables-legacy', '203.0.113.16/28'),
  ],
  [
    'a policy of accepting only what guests send',
    { 'iptables-save': FORWARD },
    'iptables may drop what guest web1 (203.0.113.20) sends or gets: that depends on the other side, or on a rule that kvmvlan does not understand',
    IPTABLES('iptables', '203.0.113.16/28'),
  ],
  [
    'iptables, which cannot be read',
    { 'iptables-save': failed({ kind: 'exit', status: 4 }) },
    'iptables may drop what routed guests send; its rules cannot be read: `iptables-save` does not print them',
    'iptables-save',
  ],
])('what drops packets of routed guests: %s', async (_, commands, message, remedy) => {
  const conf = CONF.replace(', 2001:db8::20', '');
  const found = await findings({
    commands: { ...commands },
    files: { [`${ROOT}/conf/guest_routes.conf`]: conf },
  });
  expect(found.filter(({ item, level }) => item === 'routes' && level !== 'ok')).toMatchObject([
    { message, remedy },
  ]);
});

test.each([
  ['none', recordedCommands('debian-12', 'none'), 'ok ok'],
  [
    'the policy of IPv6',
    { 'ip6tables-save': '*filter\n:FORWARD DROP [0:0]\nCOMMIT\n' },
    'failure route-dropped',
  ],
  [
    'all that concerns guests is accepted',
    {
      'ip6tables-save': FORWARD.replaceAll('203.0.113.16/28', '2001:db8::/64').replace(
        'COMMIT',
        `${ANSWERS}\nCOMMIT`,
      ),
    },
    'ok ok',
  ],
])('rules of IPv6: %s', async (_, commands, found) => {
  expect(await codes({ commands: { ...commands } })).toEqual([found]);
});

test('the sentences', async () => {
  const found = await findings({
    links: ['vnet3'],
    details: { ...ROUTED.details, vnet3: { address: '52:54:00:00:00:77', mtu: 9000 } },
    files: {
      ...SECOND,
      [`${ROOT}/conf/guest_routes.conf`]: `${CONF.replace('guest = web1', 'guest = web*')}table = 500\n`,
      '/run/libvirt/qemu/web1.xml': running(
        guest(
          'web1',
          "<source><ip address='169.254.0.1' peer='203.0.113.20'/></source><filterref filter='x'/>",
        ),
      ),
      '/etc/libvirt/qemu/web3.xml': guest('web3', '', "<interface type='user'>"),
      [`${ROOT}/qemu_migrate_begin.d/guest_routes`]: undefined,
      [`${V4}/neigh/br0/proxy_delay`]: '80',
    },
    commands: {
      ...recordedCommands('debian-12', 'docker'),
      'ip -N -j -4 -batch -': `[]\n[]\n[]\n[${RULE}]\n`,
      'nft -j list table netdev kvmvlan': FILTER,
      'perl --version': undefined,
      [UNITS]: units('kvmvlan-routes.path', 'kvmvlan-routes.timer'),
    },
  });
  const wrong = found.filter(({ item, level }) => ['routes', 'scripts'].includes(item) && level !== 'ok');
  expectGolden(join(__dirname, 'golden/check_routes.txt'), checkReport(wrong, false));
});

test('a problem of conf, and one of metadata', async () => {
  const metadata =
    "<metadata><k:nics xmlns:k='urn:kvmvlan:nics:1'><k:nic nic='0' address='198.51.100.7'/></k:nics></metadata>";
  const found = await findings({
    files: {
      [`${ROOT}/conf/guest_routes.conf`]: CONF.replace('[web1]', '[web1]\nadress = 203.0.113.20'),
      '/etc/libvirt/qemu/own.xml': guest('own').replace('<devices>', `${metadata}<devices>`),
    },
  });
  expect(found.filter(({ level }) => level !== 'ok').map(({ item, code }) => `${item} ${code}`)).toEqual([
    'conf unknown-key',
    'routes conflicting-keys',
  ]);
});

test('sections that never match, that match no interface, and that name no guest', async () => {
  const conf = `${CONF}[twice]\nguest = web1\nnic = 0\naddress = 203.0.113.21\n[third]\nguest = web1\nnic = 2\naddress = 203.0.113.22\n[gone]\nguest = gone\nnic = 0\naddress = 203.0.113.23\n`;
  const found = await findings({ files: { [`${ROOT}/conf/guest_routes.conf`]: conf } });
  expect(found.filter(({ level }) => level !== 'ok').map(({ item, code }) => `${item} ${code}`)).toEqual([
    'shadowed section-shadowed',
    'guests guest-missing',
    'interfaces section-unused',
  ]);
});

test('dispatch.conf runs guest_routes for other guests only', async () => {
  const found = await findings({
    files: { [`${ROOT}/conf/dispatch.conf`]: '[guest_routes]\nguests = db*\n' },
  });
  expect(found.filter(({ level }) => level !== 'ok')).toMatchObject([
    {
      code: 'script-not-for-all',
      message: 'dispatch.conf runs guest_routes only for db*, but conf also routes web1',
    },
  ]);
});
