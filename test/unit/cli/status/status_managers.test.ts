import { diagram } from '../../../../lib/cli/diagram/diagram';
import { status } from '../../../../lib/cli/status/status';
import { FakeHost } from '../../fake_host/fake_host';
import { recorded } from '../../network/recording';
import { EXAMPLE } from '../example_hosts';
import { runCommand } from '../run_command';

/** The example on a host with the files of a real manager of br0. */
const managedBy = (name: string, unreadable: readonly string[] = []): FakeHost => {
  const { files } = recorded(name);
  const forRoot = Object.fromEntries(unreadable.map((path) => [path, null]));
  return new FakeHost({ ...EXAMPLE, files: { ...files, ...forRoot } });
};

test.each<[name: string, configuredBy: string, manager: object]>([
  [
    'nm_1.52_remedied',
    'NetworkManager',
    {
      name: 'NetworkManager',
      file: '/etc/NetworkManager/system-connections/br0.nmconnection',
      netplan: false,
    },
  ],
  [
    'netplan_nm_1.52',
    'NetworkManager (netplan)',
    {
      name: 'NetworkManager',
      file: '/run/NetworkManager/system-connections/netplan-br0.nmconnection',
      netplan: true,
    },
  ],
  [
    'networkd_257_defaults',
    'systemd-networkd',
    { name: 'systemd-networkd', file: '/etc/systemd/network/20-quiet.network', netplan: false },
  ],
  [
    'netplan_networkd_257',
    'systemd-networkd (netplan)',
    { name: 'systemd-networkd', file: '/run/systemd/network/10-netplan-br0.network', netplan: true },
  ],
  ['ifupdown_0.8.41', 'ifupdown', { name: 'ifupdown', file: '/etc/network/interfaces', netplan: false }],
  [
    'ifupdown2_trixie_defaults',
    'ifupdown2',
    { name: 'ifupdown2', file: '/etc/network/interfaces', netplan: false },
  ],
])('%s: who configures the bridge', async (name, configuredBy, manager) => {
  const host = managedBy(name);
  const { stdout } = await runCommand(status, {}, host);
  expect(stdout.split('\n\n')[0]?.replace(/\s+/g, ' ')).toContain(`, configured by ${configuredBy} `);
  // It reads files and asks nobody.
  expect(host.calls.map(([tool]) => tool)).toEqual(['bridge', 'ip']);
  const json = JSON.parse((await runCommand(status, { json: true }, host)).stdout) as {
    bridges: { name: string; managers: object[] }[];
  };
  expect(json.bridges.map((bridge) => [bridge.name, bridge.managers])).toEqual([['br0', [manager]]]);
  for (const args of [{}, { svg: true }, { mermaid: true }])
    expect((await runCommand(diagram, args, host)).stdout).toContain(
      `filters VLANs, 802.1Q, configured by ${configuredBy}`,
    );
  expect((await runCommand(diagram, { plan: true }, host)).stdout).not.toContain('configured by');
});

test('a profile that only root may read', async () => {
  const file = '/etc/NetworkManager/system-connections/br0.nmconnection';
  const { stdout } = await runCommand(status, {}, managedBy('nm_1.52_remedied', [file]));
  // NetworkManager created the bridge, so it is known all the same.
  expect(stdout.replace(/\s+/g, ' ')).toContain(', configured by NetworkManager ');
});

test('nobody, and a bridge of libvirt that NetworkManager only watches', async () => {
  expect((await runCommand(status, {}, EXAMPLE)).stdout).not.toContain('configured by');
  expect((await runCommand(status, {}, managedBy('nm_external'))).stdout).not.toContain('configured by');
});
