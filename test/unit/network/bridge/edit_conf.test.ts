import fc from 'fast-check';
import type { Vid } from '../../../../lib/model/vlan/vid';
import { readBridgeInitConf } from '../../../../lib/model/conf/bridge_init_conf';
import { addSection, removeSection } from '../../../../lib/network/bridge/edit_conf';
import { BRIDGE_INIT_CONF } from '../../../readme_confs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const SAMPLE = readFileSync(join(__dirname, '../../../../conf/bridge_init.conf'), 'utf8');
const NEW = { bridge: 'br9', port: 'eth0', needed: [200 as Vid] };
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
  expect(addSection(text, FILE, NEW)).toEqual({ text, vlans: { pvid: 10, tagged: [200] } });
});

test.each([
  ['another trunk', '[br9]\ntrunk-port = eth1\n', 'does not have trunk-port = eth0'],
  ['an error', '[br9]\ntrunk-port = eth0\nbr-pvid = none such\n', 'has an error'],
  ['without the host’s VLAN', '[br9]\ntrunk-port = eth0\nbr-pvid = 1\n', 'does not have br-tags'],
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
