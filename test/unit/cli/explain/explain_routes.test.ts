import { join } from 'node:path';
import { explain } from '../../../../lib/cli/explain/explain';
import { NOT_FOUND } from '../../fake_host/exec_results';
import type { HostSetup } from '../../fake_host/fake_host';
import { switchWith } from '../../model/host/host_parts';
import { expectGolden } from '../../golden';
import { asRoot, bundle, hooksRoot, withoutRoot } from '../hooks_root';
import { runCommand, type Ran } from '../run_command';

const golden = (name: string): string => join(__dirname, 'golden', name);

const CONF = `[DEFAULT]
uplink = br0
pool = 203.0.113.16/28, 2001:db8::/64
[web1]
guest = web1
nic = 0
address = 203.0.113.20, 2001:db8::20
route = 198.51.100.0/29
table = 500
[others]
guest = web*
nic = 0
address = 203.0.113.21
`;
const NIC = "<k:nic nic='1' address='203.0.113.22'/>";

function guest(name: string, taps: readonly string[], nics = NIC): string {
  const metadata = `<metadata><k:nics xmlns:k='urn:kvmvlan:nics:1'>${nics}</k:nics></metadata>`;
  const interfaces = [0, 1].map(
    (nic) =>
      `<interface type='ethernet'><mac address='52:54:00:00:00:0${nic}'/>${taps[nic] ?? ''}<alias name='net${nic}'/></interface>`,
  );
  return `<domain><name>${name}</name>${metadata}<devices>${interfaces.join('')}<interface type='user'/></devices></domain>`;
}

const TAPS = ["<target dev='vnet3'/>", "<target dev='vnet4'/>"];
const NOTHING = '[]\n[]\n[]\n[]\n';
const IS = '/proc/sys/net';
const SETTINGS = {
  [`${IS}/ipv4/conf/br0/forwarding`]: '1',
  [`${IS}/ipv6/conf/all/forwarding`]: '0',
  [`${IS}/ipv4/neigh/br0/proxy_delay`]: '80',
};

async function explained(args: object, changes: HostSetup = {}): Promise<Ran> {
  const phases = [
    'migrate_begin',
    'start_begin',
    'started_begin',
    'stopped_end',
    'release_end',
    'reconnect_begin',
  ];
  const root = hooksRoot(
    Object.fromEntries(phases.map((phase) => [`qemu_${phase}.d/guest_routes`, bundle('guest_routes')])),
  );
  const setup: HostSetup = {
    ...switchWith({}),
    links: ['vnet3', 'vnet4'],
    ...changes,
    files: {
      [`${root}/conf/vlan_filtering.conf`]: '',
      [`${root}/conf/guest_routes.conf`]: CONF,
      '/run/libvirt/qemu/web1.xml': `<domstatus state='running'>${guest('web1', TAPS)}</domstatus>`,
      '/etc/libvirt/qemu/web2.xml': guest('web2', []),
      ...SETTINGS,
      ...changes.files,
    },
    commands: {
      'ip -N -j -4 -batch -': NOTHING,
      'ip -N -j -6 -batch -': NOTHING,
      'nft -j list table netdev kvmvlan': '{"nftables": []}',
      ...changes.commands,
    },
  };
  const ran = await runCommand(explain, { guest: 'web1', ...args }, setup, root);
  return { ...ran, stdout: withoutRoot(ran.stdout, root) };
}

asRoot(
  'a running guest: its sections and metadata, what is missing, what is refused, the phases',
  async () => {
    const ran = await explained({});
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expectGolden(golden('explain_routed.txt'), ran.stdout);
  },
);

asRoot('a guest that is off', async () => {
  const { stdout } = await explained(
    { guest: 'web2' },
    { files: { [`${IS}/ipv4/conf/br0/forwarding`]: '0' } },
  );
  expectGolden(golden('explain_routed_off.txt'), stdout);
});

test('wrong metadata keeps all interfaces of a guest as they are', async () => {
  const wrong = guest('web1', TAPS, `${NIC}<k:nic nic='2' address='198.51.100.7'/>`).replace(
    'user',
    'ethernet',
  );
  const files = { '/run/libvirt/qemu/web1.xml': `<domstatus state='running'>${wrong}</domstatus>` };
  const { stdout } = await explained({ json: true }, { files });
  const { interfaces } = JSON.parse(stdout) as { interfaces: { route: object | null }[] };
  const refusals = [expect.stringContaining('198.51.100.7 is in no pool of this host')];
  expect(interfaces.map(({ route }) => route)).toMatchObject(
    Array(3).fill({ commands: null, refusals }) as object[],
  );
});

test('what is as wanted', async () => {
  const entry = (dst: string) => `[{"dst":"${dst}","dev":"vnet4","protocol":"107","metric":1024,"flags":[]}]`;
  const proxy = '[{"dst":"203.0.113.22","dev":"br0","proxy":null,"protocol":"107"}]';
  const neighbour =
    '[{"dst":"203.0.113.22","dev":"vnet4","lladdr":"52:54:00:00:00:01","state":["PERMANENT"]}]';
  const ran = await explained(
    { json: true },
    {
      details: {
        vnet4: { addr_info: [{ family: 'inet', local: '169.254.0.1', prefixlen: 32, scope: 'global' }] },
      },
      commands: { 'ip -N -j -4 -batch -': `${entry('203.0.113.22')}\n${proxy}\n${neighbour}\n[]\n` },
    },
  );
  const { interfaces } = JSON.parse(ran.stdout) as { interfaces: { route: object | null }[] };
  expect(interfaces.map(({ route }) => route)).toMatchObject([
    { addresses: ['203.0.113.20', '2001:db8::20'], networks: ['198.51.100.0/29'], uplink: 'br0', table: 500 },
    { addresses: ['203.0.113.22'], refusals: [], commands: [expect.stringContaining('nft')] },
    null,
  ]);
});

test('routes cannot be read', async () => {
  const ran = await explained({ json: true }, { commands: { 'ip -N -j -4 -batch -': NOT_FOUND } });
  const { interfaces, problems } = JSON.parse(ran.stdout) as {
    interfaces: { route: { commands: unknown } | null }[];
    problems: string[];
  };
  expect(interfaces[0]?.route?.commands).toBeNull();
  expect(problems).toContainEqual(expect.stringContaining('cannot read the routes of this host'));
});
