import { runItems } from '../../../../lib/cli/check/run_items';
import { failed } from '../../fake_host/exec_results';
import { ROOT } from '../../fake_host/fake_host';
import { BRIDGE_INIT_CONF } from '../../../readme_confs';
import { recorded } from '../../network/recording';
import { factsOf, type Changes } from './facts_of';

/** What is said of an item on the good host, to which a recorded case may be added. */
async function about(item: string, changes: Changes): Promise<string[]> {
  const all = runItems(await factsOf(changes));
  return all
    .filter((each) => each.item === item)
    .map(({ level, message, remedy }) => `${level}: ${message}${remedy === null ? '' : ` $ ${remedy}`}`);
}

test('a bridge that nobody else manages', async () => {
  expect(await about('manager', {})).toEqual(['ok: bridge br0 is not managed by a network manager']);
});

test('a bridge of which a manager says nothing that contradicts', async () => {
  expect(await about('manager', recorded('networkd_252_defaults'))).toEqual([
    'ok: bridge br0 is managed by systemd-networkd, /etc/systemd/network/20-quiet.network, which does not contradict conf',
  ]);
  expect(await about('manager', recorded('netplan_networkd_257'))).toEqual([
    'ok: bridge br0 is managed by systemd-networkd (through netplan), /run/systemd/network/10-netplan-br0.network, which does not contradict conf',
  ]);
});

test('a contradiction is a failure with the command that ends it', async () => {
  const [found, ...others] = await about('manager', recorded('nm_1.52_defaults'));
  expect(others).toEqual([]);
  expect(found).toMatch(
    /^failure: NetworkManager's profile br0 says vlan-filtering no: .* every VLAN \$ sudo nmcli/,
  );
});

test('a conf that wants no filtering is not contradicted', async () => {
  const { files, commands } = recorded('nm_1.52_defaults');
  const conf = '[br0]\ntrunk-port = eth0\nvlan-filtering = no\n';
  const changes = { files: { ...files, [`${ROOT}/conf/bridge_init.conf`]: conf }, commands };
  expect(await about('manager', changes)).toEqual([
    'ok: bridge br0 is managed by NetworkManager, /etc/NetworkManager/system-connections/br0.nmconnection, which does not contradict conf',
  ]);
});

test('NetworkManager with the right settings stops filtering for a moment, unless a guard is loaded', async () => {
  const { files, commands } = recorded('nm_1.52_remedied');
  const of = (guard: Changes['commands'], isRoot = true): Promise<string[]> =>
    about('manager', {
      files: { ...files, [`${ROOT}/conf/bridge_init.conf`]: `${BRIDGE_INIT_CONF}default-pvid = none\n` },
      commands: { ...commands, ...guard },
      isRoot,
    });
  const asked = 'nft list table bridge kvmvlan_guard';
  const noSuchTable = failed({ kind: 'exit', status: 1 }, 'Error: No such file or directory\n');
  const fine =
    'ok: bridge br0 is managed by NetworkManager, /etc/NetworkManager/system-connections/br0.nmconnection, which does not contradict conf';
  const blinks = [
    expect.stringMatching(/^ok: .*; a restart of NetworkManager stops filtering for a moment: docs/),
  ];
  expect(await of({})).toEqual(blinks);
  expect(await of({ [asked]: noSuchTable })).toEqual(blinks);
  expect(await of({ [asked]: 'table bridge kvmvlan_guard {\n}\n' })).toEqual([fine]);
  // Only root can see whether it is loaded.
  expect(await of({ [asked]: noSuchTable }, false)).toEqual([fine]);
});

test('a bridge without a section, on which conf gives guests VLANs', async () => {
  const { files, commands } = recorded('nm_1.52_defaults');
  const changes = { files: { ...files, [`${ROOT}/conf/bridge_init.conf`]: '' }, commands };
  expect((await about('manager', changes))[0]).toMatch(/^failure: .* says vlan-filtering no/);
});

test('profiles that root only may read', async () => {
  const { files, commands } = recorded('nm_1.52_defaults');
  const profile = '/etc/NetworkManager/system-connections/br0.nmconnection';
  expect(await about('manager', { files: { ...files, [profile]: null }, commands, isRoot: false })).toEqual([
    `unknown: ${profile} can be read only by root, so NetworkManager's settings for br0 are not known $ sudo kvmvlan check`,
  ]);
});

test('bridges that cannot be looked at', async () => {
  expect(await about('manager', { commands: { 'bridge -j vlan show': undefined } })).toEqual([]);
});
