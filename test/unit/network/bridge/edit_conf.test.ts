import fc from 'fast-check';
import type { Vid } from '../../../../lib/model/vlan/vid';
import { readBridgeInitConf } from '../../../../lib/model/conf/bridge_init_conf';
import { addSection, removeSection } from '../../../../lib/network/bridge/edit_conf';
import { portVlans } from '../../../../lib/model/vlan/port_vlans';
import type { BridgeVlans } from '../../../../lib/network/backend';
import { BRIDGE_INIT_CONF } from '../../../readme_confs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const SAMPLE = readFileSync(join(__dirname, '../../../../conf/bridge_init.conf'), 'utf8');
const NEW = { bridge: 'br9', port: 'eth0', needed: [200 as Vid] };
const list = (pvid: number, ...tagged: number[]) => portVlans({ pvid: pvid as Vid, tagged: tagged as Vid[] });
const FILE = '/hooks/conf/bridge_init.conf';

function added(text: string | null): string {
  const result = addSection(text, FILE, NEW);
  if ('problem' in result) throw new Error(result.problem.message);
  return result.text;
}

test.each<[string, string | null]>([
  ['no file', null],
  ['an empty file', ''],
  ['the sample', SAMPLE],
  ["the README's", BRIDGE_INIT_CONF],
  ['no line end at the end', '[br0]\ntrunk-port = eth1'],
])('a section is added to %s, and removed again', (_, text) => {
  const rules = readBridgeInitConf(added(text), FILE).rules;
  expect(rules.at(-1)).toMatchObject({
    bridge: 'br9',
    trunkPorts: ['eth0'],
    autoTrunk: { always: new Set([200]) },
  });
  expect(rules.length).toBe(readBridgeInitConf(text ?? '', FILE).rules.length + 1);
  expect(removeSection(added(text), FILE, 'br9').trim()).toBe((text ?? '').trim());
});

test('a section that the user has written stays, and its VLANs are the host’s', () => {
  const text =
    '[br9]\ntrunk-port = eth0\ntrunk-pvid = 10\ntrunk-tags = 200 300\nbr-pvid = 10\nbr-tags = 200\n';
  expect(addSection(text, FILE, NEW)).toEqual({
    text,
    vlans: { own: list(10, 200), trunk: list(10, 200, 300), isAuto: false },
  });
});

test.each<[string, string, readonly number[], BridgeVlans]>([
  ['an automatic trunk', '', [200], { own: list(1, 200), trunk: list(1, 200), isAuto: true }],
  ['a PVID for the trunk only', 'trunk-pvid = 10\n', [], { own: list(10), trunk: list(10), isAuto: false }],
  ['a PVID for the bridge only', 'br-pvid = 10\n', [], { own: list(10), trunk: list(10), isAuto: false }],
  [
    'only a default PVID',
    'default-pvid = 7\n',
    [],
    { defaultPvid: 7, own: list(7), trunk: list(7), isAuto: false },
  ],
  [
    'no default PVID',
    'default-pvid = none\nbr-tags = 5\n',
    [],
    { defaultPvid: null, own: list(1, 5), trunk: list(1), isAuto: false },
  ],
] as [string, string, readonly number[], BridgeVlans][])('the VLANs of %s', (name, keys, needed, vlans) => {
  const text = name === 'an automatic trunk' ? null : `[br9]\ntrunk-port = eth0\n${keys}`;
  const asked = { bridge: 'br9', port: 'eth0', needed: needed as Vid[] };
  expect(addSection(text, FILE, asked)).toMatchObject({ vlans });
});

test.each([
  ['another trunk', '[br9]\ntrunk-port = eth1\n', 'does not have trunk-port = eth0'],
  [
    'without the host’s VLAN on the trunk',
    '[br9]\ntrunk-port = eth0\ntrunk-tags = 300\nbr-tags = 200\n',
    'lacks trunk-tags for 200',
  ],
  [
    'two PVIDs, one of an automatic trunk',
    '[br9]\ntrunk-port = eth0\ntrunk-tags = auto\ntrunk-pvid = 5\nbr-tags = 200\n',
    'different br-pvid and trunk-pvid',
  ],
  ['no PVID', '[br9]\ntrunk-port = eth0\nbr-pvid = none\nbr-tags = 200\n', 'has br-pvid = none'],
  ['no filtering', '[br9]\ntrunk-port = eth0\nvlan-filtering = no\n', 'has vlan-filtering = no'],
  ['802.1ad', '[br9]\ntrunk-port = eth0\nvlan-protocol = 802.1ad\n', 'has vlan-protocol = 802.1ad'],
  [
    'the PVID as a tag',
    '[br9]\ntrunk-port = eth0\nbr-pvid = 200\ntrunk-pvid = 200\n',
    'has the PVID 200, which is also the VLAN',
  ],
  [
    'a [DEFAULT] without filtering',
    '[DEFAULT]\nvlan-filtering = no\n',
    'with its [DEFAULT], a section [br9] has',
  ],
  ['an error', '[br9]\ntrunk-port = eth0\nbr-pvid = none such\n', 'has an error'],
  ['without the host’s VLAN', '[br9]\ntrunk-port = eth0\nbr-pvid = 1\n', 'lacks br-tags for 200'],
  [
    'two PVIDs',
    '[br9]\ntrunk-port = eth0\ntrunk-pvid = 5\nbr-pvid = 6\nbr-tags = 200\n',
    'different br-pvid and trunk-pvid',
  ],
  ['a [DEFAULT] that does not fit', '[DEFAULT]\nvlan-protocol = nonsense\n', 'would have an error'],
  ['a broken header', '[br0\ntrunk-port = eth1\n', 'a broken header'],
])('%s is refused', (_, text, why) => {
  const result = addSection(text, FILE, NEW);
  expect('problem' in result ? [result.problem.code, result.problem.message] : []).toEqual([
    'bridge-conf',
    expect.stringContaining(why),
  ]);
});

test('other sections never change', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 5 });
  fc.assert(
    fc.property(names, fc.nat(5), (bridges, at) => {
      const others = bridges.map((name) => `# about ${name}\n[${name}]\ntrunk-port = ${name}-up\n`);
      const own = '# Added by `kvmvlan bridge create`.\n[br9]\ntrunk-port = eth0\n';
      const all = [...others.slice(0, at), own, ...others.slice(at)].join('\n');
      expect(
        removeSection(all, FILE, 'br9')
          .trim()
          .replace(/\n{2,}/g, '\n'),
      ).toBe(
        others
          .join('\n')
          .trim()
          .replace(/\n{2,}/g, '\n'),
      );
    }),
  );
});
