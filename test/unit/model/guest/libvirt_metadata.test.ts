import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readVlanFilteringConf } from '../../../../lib/model/conf/vlan_filtering_conf';
import { whyNotXml } from '../../../../lib/dispatch/why_not_xml';
import type { Domain } from '../../../../lib/model/guest/domain';
import { parseDomain } from '../../../../lib/model/guest/parse_domain';
import { matchPorts } from '../../../../lib/model/match/match_ports';
import { matchProblems } from '../../../../lib/model/match/match_problems';
import { toGuest } from '../../../../lib/system/libvirt/read_guests';
import { statusFile } from './fixtures';

const FOLDER = join(__dirname, '../../../fixtures/libvirt-9.0.0/metadata');
const read = (name: string): string => readFileSync(join(FOLDER, `${name}.xml`), 'utf8');
const NAMES = readdirSync(FOLDER).map((file) => file.replace(/\.xml$/, ''));

/** What conf without a section, or with one, makes of the guest. */
function errors(domain: Domain, conf = ''): string[] {
  return matchProblems(matchPorts(readVlanFilteringConf(conf, 'f'), toGuest(domain)))
    .filter(({ level }) => level === 'error')
    .map(({ message }) => message);
}

test.each(NAMES)('%s hides no interface, in a hook and in a status file', (name) => {
  for (const xml of [read(name), statusFile(read(name))]) {
    const { interfaces, uuid, name: guest } = parseDomain(xml);
    expect(interfaces.map(({ dev, bridge }) => [dev, bridge])).toEqual([
      ['tapa', 'br0'],
      ['tapb', 'br0'],
    ]);
    expect([guest, uuid]).toEqual(['TEN', '6c8a3b1e-0000-4000-8000-000000000001']);
  }
});

test.each(NAMES)('%s stops nobody where a section names all ports', (name) => {
  for (const use of ['fallback', 'off'])
    expect(
      errors(parseDomain(read(name)), `[DEFAULT]\nmetadata = ${use}\n[all]\nguest = *\nbridge = br0\n`),
    ).toEqual([]);
});

const PORT = [{ element: 'port', attributes: { nic: '0', pvid: '5' } }];

test.each([
  'set_ports',
  'define_unbound',
  'define_less_than_in_uri',
  'define_uri_of_domain',
  'define_entity',
  'define_odd_names',
  'define_all_kinds',
])('%s: the ports element is read, whatever others have put next to it', (name) => {
  const domain = parseDomain(read(name));
  expect([domain.metadata, domain.metadataProblem]).toEqual([PORT, null]);
  expect(errors(domain)).toEqual([]);
});

test.each([
  ['set_unbound_element', `<y:z/>]: unknown element <y:z>`],
  ['set_unbound_attribute', `<x:a y:b='1'/>]: unknown element <x:a>`],
  ['set_prefixed_port', `<k:port nic='0' pvid='5'/>]: unknown element <k:port>`],
  ['set_unbound_outer', '<ports>]: the outer element is <y:z>, not <ports>'],
  ['set_misspelt_outer', '<ports>]: the outer element is <port>, not <ports>'],
  ['define_entity_in_port', 'pvid = &five;: not a VID'],
])('%s is an error of the guest, where its metadata count', (name, text) => {
  expect(errors(parseDomain(read(name)))[0]).toContain(text);
});

test.each(NAMES)(
  '%s as what a script made: as strict as libxml2, to which only namespaces do not matter',
  (name) => {
    const isBroken = [
      'define_less_than_in_uri',
      'define_uri_of_domain',
      'define_entity',
      'define_entity_in_port',
    ];
    expect(whyNotXml(Buffer.from(read(name))) !== null).toBe(isBroken.includes(name));
  },
);
