import { join } from 'node:path';
import type { Domain, DomainInterface } from '../../../lib/domain/domain';
import { parseDomain } from '../../../lib/domain/parse_domain';
import { KnownError } from '../../../lib/types';
import { expectGolden } from '../golden';
import { fixture, GUEST_FIXTURES } from './fixtures';

const parse = (...inside: string[]): Domain => parseDomain(`<domain type='kvm'>${inside.join('')}</domain>`);
const parseDevices = (...inside: string[]): Domain => parse('<devices>', ...inside, '</devices>');
const nameOf = (text: string): string => parse(`<name>${text}</name>`).name;

/** What is wrong with a text: the message of the error that it must give. */
function refusal(xml: string): string {
  try {
    parseDomain(xml);
  } catch (error) {
    if (error instanceof KnownError) return error.message;
    throw error;
  }
  throw new Error('it was read');
}

describe('what a real libvirtd writes', () => {
  test.each(GUEST_FIXTURES)('%s', (name) => {
    const text = JSON.stringify(parseDomain(fixture(name)), null, 1);
    expectGolden(join(__dirname, 'golden', `${name}.json`), text);
  });

  test.each(['network_start_begin', 'network_port-created_begin'])('%s is no guest', (name) => {
    expect(refusal(fixture(name))).toBe('the XML holds no <domain>');
  });

  test('a status file is the guest in it, and its state', () => {
    const started = fixture('qemu_started_begin');
    const status = parseDomain(
      `<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE.\n-->\n<domstatus state='running' reason='booted' pid='77'>
        <taint flag='high-privileges'/><monitor path='/run/x' type='unix'/><devices><device alias='net9'/></devices>
        ${started}</domstatus>`,
    );
    expect(status).toEqual({ ...parseDomain(started), state: 'running' });
  });
});

describe("a guest's name", () => {
  test.each([
    ['VM1', 'VM1'],
    ['Windows 10', 'Windows 10'],
    [' leading and trailing ', ' leading and trailing '],
    [`it's "quoted"`, `it's "quoted"`],
    ['a&amp;b &lt;c&gt; &quot;d&quot; &apos;e&apos;', `a&b <c> "d" 'e'`],
    ['&#66;&#xfc;ro', 'Büro'],
    ['日本🙂', '日本🙂'],
    ['<![CDATA[a<b]]>', 'a<b'],
    ['a<!-- not in it -->b', 'ab'],
    ['x = y: [z] # ; %', 'x = y: [z] # ; %'],
  ])('<name>%s</name>', (text, name) => {
    expect(nameOf(text)).toBe(name);
  });

  test('is the one of the guest, not of something in it', () => {
    const inner =
      '<devices><disk><source><name>inner</name></source></disk></devices><os><name>os</name></os>';
    expect(parse('<name>VM1</name>', inner, '<x><domain><name>other</name></domain></x>').name).toBe('VM1');
  });
});

describe('an interface', () => {
  const only = (...inside: string[]): DomainInterface | undefined =>
    parseDevices(`<interface type='bridge'>`, ...inside, '</interface>').interfaces[0];

  test('has its MAC in lower case', () => {
    expect(only(`<mac address='52:54:00:AB:CD:EF'/>`)?.mac).toBe('52:54:00:ab:cd:ef');
  });

  test('has nothing that its XML does not say', () => {
    expect(only()).toEqual({
      nic: 0,
      type: 'bridge',
      mac: null,
      dev: null,
      alias: null,
      bridge: null,
      network: null,
      libvirtVlan: false,
    });
  });

  test('tells where libvirt itself was given VLANs', () => {
    expect(only(`<vlan><tag id='5'/></vlan>`)?.libvirtVlan).toBe(true);
  });

  test('is not misled by what is nested in it', () => {
    const nested = `<backend><target dev='tap9'/><source bridge='br9'/></backend><x><alias name='a9'/><mac address='9'/></x>`;
    expect(only(nested, `<source bridge='br0'/><target dev='veth0'/>`)).toMatchObject({
      dev: 'veth0',
      bridge: 'br0',
      alias: null,
      mac: null,
    });
  });

  test('is numbered by its place, whatever its type', () => {
    const { interfaces } = parseDevices(
      ...['bridge', 'user', 'hostdev', 'bridge'].map((type) => `<interface type='${type}'/>`),
    );
    expect(interfaces.map(({ nic, type }) => [nic, type])).toEqual([
      [0, 'bridge'],
      [1, 'user'],
      [2, 'hostdev'],
      [3, 'bridge'],
    ]);
  });

  test('counts only where it is one of the devices', () => {
    expect(parse(`<interface type='bridge'/><x><devices><interface/></devices></x>`).interfaces).toEqual([]);
  });
});

describe('a disk', () => {
  const sources = (xml: string) => parseDevices(xml).disks.map(({ source, format }) => [source, format]);

  test('is told with its own source, not with those of its backing chain', () => {
    const chain = `<backingStore type='file'><format type='raw'/><source file='/base.img'/><driver type='raw'/>
      <backingStore type='block'><source dev='/dev/sdz'/><backingStore/></backingStore></backingStore>`;
    const disk = (before: string, after: string) =>
      `<disk type='file'><driver type='qcow2'/>${before}<source file='/top.qcow2'/>${after}<target dev='vda'/></disk>`;
    expect(sources(disk(chain, ''))).toEqual([['/top.qcow2', 'qcow2']]);
    expect(sources(disk('', chain))).toEqual([['/top.qcow2', 'qcow2']]);
  });

  test('is not told with the target of a copy that runs', () => {
    const disk = `<disk type='file'><source file='/a'/><mirror type='file'><source file='/b'/><format type='raw'/></mirror></disk>`;
    expect(sources(disk)).toEqual([['/a', null]]);
  });

  test.each([
    ['file', `<source file='/a'/>`, '/a'],
    ['block', `<source dev='/dev/sda'/>`, '/dev/sda'],
    ['dir', `<source dir='/d'/>`, '/d'],
    ['volume', `<source pool='p' volume='v'/>`, 'v'],
    ['network', `<source protocol='rbd' name='pool/image'><host name='h'/></source>`, 'pool/image'],
    ['network without a name', `<source protocol='nbd'><host name='h'/></source>`, null],
    ['an empty drive', `<source startupPolicy='optional'/>`, null],
    ['no source', '', null],
  ])('%s', (type, source, expected) => {
    expect(sources(`<disk type='${type}'>${source}</disk>`)).toEqual([[expected, null]]);
  });
});

describe("the guest's own wish in its metadata", () => {
  const metadata = (...inside: string[]) => parse('<metadata>', ...inside, '</metadata>').metadata;
  const NAMESPACE = 'urn:kvmvlan:ports:1';

  test.each([
    ['as libvirt writes it', `<k:ports xmlns:k='${NAMESPACE}'><k:port nic='0' pvid='5'/></k:ports>`],
    ['as the default namespace', `<ports xmlns='${NAMESPACE}'><port nic='0' pvid='5'/></ports>`],
    ['with another prefix', `<p:ports xmlns:p='${NAMESPACE}'><p:port nic='0' pvid='5'/></p:ports>`],
    [
      'with the namespace declared twice',
      `<k:ports xmlns:k='${NAMESPACE}'><k:port xmlns:k='${NAMESPACE}' nic='0' pvid='5'/></k:ports>`,
    ],
  ])('%s', (_, xml) => {
    expect(metadata(xml)).toEqual([{ element: 'port', attributes: { nic: '0', pvid: '5' } }]);
  });

  test('is none where there is no metadata, or only that of others', () => {
    expect(parse('<name>a</name>').metadata).toBeNull();
    expect(
      metadata(`<k:ports xmlns:k='https://example.org/kvmvlan/1'><k:port nic='0'/></k:ports>`),
    ).toBeNull();
    expect(metadata(`<ports><port nic='0'/></ports>`)).toBeNull();
  });

  test('is empty where no port stands in it', () => {
    expect(metadata(`<k:ports xmlns:k='${NAMESPACE}'/>`)).toEqual([]);
  });

  test('does not stand in the metadata of others, nor elsewhere in the guest', () => {
    const ports = `<k:ports xmlns:k='${NAMESPACE}'><k:port nic='0'/></k:ports>`;
    expect(metadata(`<backup xmlns='urn:x'>${ports}</backup>`)).toBeNull();
    expect(parse('<description>', ports, '</description>').metadata).toBeNull();
    expect(parseDevices(ports).metadata).toBeNull();
  });

  test('does not count what stands in a port', () => {
    const port = `<k:port nic='0'><k:port nic='1'/><note xmlns='urn:x'/></k:port>`;
    expect(metadata(`<k:ports xmlns:k='${NAMESPACE}'>${port}</k:ports>`)).toEqual([
      { element: 'port', attributes: { nic: '0' } },
    ]);
  });

  test('tells elements that are not known, too', () => {
    expect(metadata(`<k:ports xmlns:k='${NAMESPACE}'><k:prt nic='1'/></k:ports>`)).toEqual([
      { element: 'prt', attributes: { nic: '1' } },
    ]);
  });
});

describe('is refused', () => {
  test.each([
    ['nothing', ''],
    ['no XML', 'VM1'],
    ['an end that is missing', '<domain><name>VM1</name>'],
    ['an end that is another', '<domain><name>VM1</nam></domain>'],
    ['an attribute without quotes', '<domain id=1/>'],
    ['two roots', '<domain/><domain/>'],
    ['a prefix that is not declared', '<domain><a:b/></domain>'],
    ['an attribute twice', `<domain a='1' a='2'/>`],
    ['a control character', '<domain><name>a\u0001b</name></domain>'],
    ['an entity that XML does not know', '<domain><name>&nbsp;</name></domain>'],
  ])('%s', (_, xml) => {
    expect(refusal(xml)).toMatch(/^the domain XML is not well-formed: /);
  });

  test.each(['<network/>', '<x><domain/></x>', '<domstatus/>', '<domstatus><x><domain/></x></domstatus>'])(
    '%s',
    (xml) => {
      expect(refusal(xml)).toBe('the XML holds no <domain>');
    },
  );

  test('entities that grow without end', () => {
    const levels = Array.from({ length: 20 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`);
    const laughs = `<!DOCTYPE domain [<!ENTITY l0 "lol">${levels.join('')}]><domain><name>&l20;</name></domain>`;
    expect(refusal(laughs)).toMatch(/^the domain XML is not well-formed: .*undefined entity/);
  });

  test('a file that an entity names', () => {
    const xml = `<!DOCTYPE domain [<!ENTITY f SYSTEM "file:///etc/passwd">]><domain><name>&f;</name></domain>`;
    expect(refusal(xml)).toMatch(/^the domain XML is not well-formed: .*undefined entity/);
  });
});

test.each([
  [2000, 'VM1'],
  [1_000_000, 'the domain XML is not well-formed: elements are nested deeper than 2048'],
])('elements that are nested %d deep do no harm', (depth, outcome) => {
  const xml = `<domain><name>VM1</name>${'<x>'.repeat(depth)}${'</x>'.repeat(depth)}</domain>`;
  expect(depth > 2048 ? refusal(xml) : parseDomain(xml).name).toBe(outcome);
});
