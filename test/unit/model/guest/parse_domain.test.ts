import assert from 'node:assert/strict';
import fc from 'fast-check';
import { join } from 'node:path';
import type { Domain, DomainInterface } from '../../../../lib/model/guest/domain';
import { parseDomain } from '../../../../lib/model/guest/parse_domain';
import { KnownError } from '../../../../lib/model/known_error';
import { expectGolden } from '../../golden';
import { anInterface } from './an_interface';
import { anyDomain } from './domain_arbitraries';
import { domainOf } from './domain_oracle';
import { fixture, GUEST_FIXTURES, statusFile } from './fixtures';

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
    expect(refusal(fixture(name))).toBe('the XML has no <domain>');
  });

  test('a status file is the guest in it, and its status', () => {
    const started = fixture('qemu_started_begin');
    const status = { state: 'running', reason: 'booted', job: null, phase: null };
    expect(parseDomain(statusFile(started))).toEqual({ ...parseDomain(started), status });
  });

  test('any guest, in both forms, is what another parser makes of it', () => {
    fc.assert(
      fc.property(anyDomain, ([hook, status]) => {
        const expected = domainOf(hook);
        assert.deepEqual(parseDomain(hook), expected);
        assert.deepEqual(parseDomain(status), domainOf(status));
        assert.deepEqual(domainOf(status), { ...expected, status: domainOf(status).status });
        assert.equal(domainOf(status).status?.state, 'running');
      }),
      { numRuns: 1000 },
    );
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
    expect(only()).toEqual(anInterface());
  });

  test.each([
    [`<vlan><tag id='5'/></vlan>`, { trunk: false, tags: [{ id: 5, native: null }] }],
    [
      `<vlan trunk='yes'><tag id='5'/><tag id='6' nativeMode='untagged'/><tag id='7' nativeMode='tagged'/></vlan>`,
      {
        trunk: true,
        tags: [
          { id: 5, native: null },
          { id: 6, native: 'untagged' },
          { id: 7, native: 'tagged' },
        ],
      },
    ],
    ['<vlan/>', { trunk: false, tags: [] }],
  ])('has the VLANs that libvirt itself was given: %s', (xml, libvirtVlans) => {
    expect(only(xml)).toMatchObject({ libvirtVlan: true, libvirtVlans });
  });

  test('of a network is what it has become, VLANs included, which status files tell in an element of its own', () => {
    const [iface] = parseDevices(`<interface type='network'>
        <source network='lan' portgroup='red' portid='8'/>
        <vlan><tag id='1'/></vlan>
        <actual type='bridge'>
          <source bridge='br0'/>
          <vlan><tag id='42'/></vlan>
          <virtualport type='x'><source bridge='no'/><vlan><tag id='2'/></vlan></virtualport>
        </actual>
        <target dev='vnet0'/>
      </interface>`).interfaces;
    const libvirtVlans = { trunk: false, tags: [{ id: 42, native: null }] };
    expect(iface).toMatchObject({
      type: 'bridge',
      hasTap: true,
      dev: 'vnet0',
      bridge: 'br0',
      network: 'lan',
      libvirtVlans,
    });
  });

  test.each([
    ['bridge', true],
    ['network', true],
    ['ethernet', true],
    ...[
      'user',
      'direct',
      'hostdev',
      'vhostuser',
      'server',
      'client',
      'mcast',
      'udp',
      'internal',
      'vdpa',
      'null',
      'vds',
    ].map((type): [string, boolean] => [type, false]),
    ['', false],
    ['BRIDGE', false],
  ])('of type %s has a tap of its own: %s', (type, hasTap) => {
    const parsed = parseDevices(`<interface type='${type}'><target dev='eth0'/></interface>`);
    expect(parsed.interfaces[0]).toMatchObject({ dev: 'eth0', hasTap });
    const actual = `<interface type='network'><actual type='${type || 'x'}'/><target dev='eth0'/></interface>`;
    expect(parseDevices(actual).interfaces[0]).toMatchObject({ hasTap });
  });

  test('may use a tap that somebody else has made', () => {
    const managed = (text: string) =>
      parseDevices(`<interface type='ethernet'><target dev='tap0'${text}/></interface>`).interfaces[0]
        ?.managed;
    expect([managed(''), managed(` managed='yes'`), managed(` managed='no'`)]).toEqual([true, true, false]);
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

  test('may have a filter and an address on the host from libvirt', () => {
    const [iface] = parseDevices(`<interface type='ethernet'>
        <source><ip address='169.254.0.1' family='ipv4' prefix='32' peer='203.0.113.20'/></source>
        <filterref filter='clean-traffic'><parameter name='IP' value='203.0.113.20'/></filterref>
      </interface>`).interfaces;
    expect(iface).toMatchObject({ hasFilterRef: true, hasHostAddress: true });
  });

  test.each([`<ip address='203.0.113.20' prefix='32'/>`, `<x><source><ip/></source><filterref/></x>`])(
    "keeps the guest's own side apart: %s",
    (inside) => {
      expect(only(inside)).toMatchObject({ hasFilterRef: false, hasHostAddress: false });
    },
  );

  test('has its place, and the number that libvirt counts it by', () => {
    const { interfaces } = parseDevices(
      ...['bridge', 'hostdev', 'user'].map((type) => `<interface type='${type}'/>`),
      `<interface type='bridge'><alias name='ua-x'/></interface><interface type='bridge'/>`,
    );
    expect(interfaces.map(({ place, nic }) => [place, nic])).toEqual([
      [0, 0],
      [1, null],
      [2, 1],
      [3, null],
      [4, 2],
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

  test('tells elements and attributes that are not known, too, by names that are none of ours', () => {
    const unknown = (port: string) =>
      metadata(`<k:ports xmlns:k='${NAMESPACE}' xmlns:o='urn:o'>${port}</k:ports>`);
    expect(unknown(`<k:prt nic='1'/>`)).toEqual([{ element: 'prt', attributes: { nic: '1' } }]);
    expect(unknown(`<o:port o:nic='1' pvid='2' k:pvid='3' k:mac='m'/>`)).toEqual([
      { element: 'o:port', attributes: { 'o:nic': '1', pvid: '2', 'k:pvid': '3', mac: 'm' } },
    ]);
    expect(unknown(`<port xmlns='urn:o'/>`)).toEqual([{ element: '{urn:o}port', attributes: {} }]);
    expect(unknown(`<k:port __proto__='1' constructor='2'/>`)).toEqual([
      {
        element: 'port',
        attributes: Object.fromEntries([
          ['__proto__', '1'],
          ['constructor', '2'],
        ]),
      },
    ]);
  });

  test.each([
    [
      'another element in its place',
      `<k:port xmlns:k='${NAMESPACE}'/>`,
      { code: 'unknown-element', element: 'port' },
    ],
    ['two of them', `<k:ports xmlns:k='${NAMESPACE}'><k:port/></k:ports>`.repeat(2), { code: 'twice' }],
    [
      'too many ports',
      `<k:ports xmlns:k='${NAMESPACE}'>${'<k:port/>'.repeat(257)}</k:ports>`,
      { code: 'too-many', limit: 256 },
    ],
    [
      'too long',
      `<k:ports xmlns:k='${NAMESPACE}'>${' '.repeat(65_536)}</k:ports>`,
      { code: 'too-long', limit: 65_536 },
    ],
    [
      'too long by one attribute',
      `<k:ports xmlns:k='${NAMESPACE}'><k:port mac='${'x'.repeat(65_536)}'/></k:ports>`,
      { code: 'too-long', limit: 65_536 },
    ],
    [
      'too long by what is nested in it',
      `<k:ports xmlns:k='${NAMESPACE}'><k:port>${'<x/>'.repeat(20_000)}</k:port></k:ports>`,
      { code: 'too-long', limit: 65_536 },
    ],
  ])('is a problem of its own, and none of the interfaces: %s', (_, xml, problem) => {
    const read = parse('<metadata>', xml, `</metadata><devices><interface type='user'/></devices>`);
    expect(read).toMatchObject({ metadata: [], metadataProblem: problem, interfaces: [{ type: 'user' }] });
  });

  test('may have 256 ports, and be 64 KiB long', () => {
    const xml = `<k:ports xmlns:k='${NAMESPACE}'>${'<k:port/>'.repeat(256)}</k:ports>`;
    expect(metadata(xml)).toHaveLength(256);
    expect(metadata(xml.replace('><', `>${' '.repeat(65_536 - xml.length)}<`))).toHaveLength(256);
  });
});

test("the guest's addresses are a list of their own", () => {
  const read = parse(`<metadata>
      <p:ports xmlns:p='urn:kvmvlan:ports:1'/><p:ports xmlns:p='urn:kvmvlan:ports:1'/>
      <n:nics xmlns:n='urn:kvmvlan:nics:1'><n:nic mac='52:54:00:00:00:05' address='203.0.113.20'/></n:nics>
      <nics xmlns='urn:kvmvlan:ports'><nic/></nics>
    </metadata>`);
  expect(read).toMatchObject({
    metadata: [],
    metadataProblem: { code: 'twice' },
    nics: [{ element: 'nic', attributes: { mac: '52:54:00:00:00:05', address: '203.0.113.20' } }],
    nicsProblem: null,
  });
});

test('a misspelt list of addresses is no list of ports', () => {
  const read = parse(`<metadata><nic xmlns='urn:kvmvlan:nics:1'/></metadata>`);
  const nicsProblem = { code: 'unknown-element', element: 'nic' };
  expect(read).toMatchObject({ metadata: null, metadataProblem: null, nics: [], nicsProblem });
});

describe('is refused', () => {
  test.each([
    ['nothing', ''],
    ['no XML', 'VM1'],
    ['an end that is missing', '<domain><name>VM1</name>'],
    ['an end that is another', '<domain><name>VM1</nam></domain>'],
    ['an attribute without quotes', '<domain id=1/>'],
    ['two roots', '<domain/><domain/>'],
    ['text behind it', '<domain><name>VM1</name></domain>x'],
    ['text before it', 'x<domain><name>VM1</name></domain>'],
    ['a NUL in a name', '<domain><name>VM\u00001</name></domain>'],
    ['broken text in what is not looked at', '<domain><name>VM1</name><memory unit=KiB>1</memory></domain>'],
    ['a document type', '<!DOCTYPE domain><domain/>'],
    ['a prefix that is not declared', '<domain><a:b/></domain>'],
    ['an attribute twice', `<domain a='1' a='2'/>`],
    ['a control character', '<domain><name>a\u0001b</name></domain>'],
    ['half of a surrogate pair', '<domain><name>a\ud83d</name></domain>'],
    ['half of a surrogate pair before a tag', '<domain><name>a</name>\ud83d<x/></domain>'],
    ['the other half of a surrogate pair', '<domain><name>a\ude00</name></domain>'],
    ['U+FFFF', '<domain><name>a\uffff</name></domain>'],
    ['an entity that XML does not know', '<domain><name>&nbsp;</name></domain>'],
  ])('%s', (_, xml) => {
    expect(refusal(xml)).toMatch(/^the domain XML is not well-formed: /);
  });

  test.each(['<domstatus><domain/><domain/></domstatus>', '<domstatus><domain/><x/><domain/></domstatus>'])(
    '%s',
    (xml) => {
      expect(refusal(xml)).toBe('the XML has more than one <domain>');
    },
  );

  test('with the line where it is wrong, and no more of it than can be read', () => {
    expect(refusal('<domain>\n<name>\n&nbsp;</name></domain>')).toContain(
      ': line 2: undefined entity &nbsp;',
    );
    expect(refusal(`<domain>&${'x'.repeat(100_000)};</domain>`).length).toBeLessThan(300);
  });

  test.each(['<network/>', '<x><domain/></x>', '<domstatus/>', '<domstatus><x><domain/></x></domstatus>'])(
    '%s',
    (xml) => {
      expect(refusal(xml)).toBe('the XML has no <domain>');
    },
  );

  test('entities that grow without end', () => {
    const levels = Array.from({ length: 20 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`);
    const laughs = `<!DOCTYPE domain [<!ENTITY l0 "lol">${levels.join('')}]><domain><name>&l20;</name></domain>`;
    expect(refusal(laughs)).toBe(
      'the domain XML is not well-formed: line 1: document types (<!DOCTYPE) are not accepted',
    );
  });

  test('a file that an entity names', () => {
    const xml = `<!DOCTYPE domain [<!ENTITY f SYSTEM "file:///etc/passwd">]><domain><name>&f;</name></domain>`;
    expect(refusal(xml)).toBe(
      'the domain XML is not well-formed: line 1: document types (<!DOCTYPE) are not accepted',
    );
  });
});

test.each([
  [2000, 'VM1'],
  [1_000_000, 'the domain XML is not well-formed: line 1: elements are nested deeper than 2048'],
])('elements that are nested %d deep do no harm', (depth, outcome) => {
  const xml = `<domain><name>VM1</name>${'<x>'.repeat(depth)}${'</x>'.repeat(depth)}</domain>`;
  expect(depth > 2048 ? refusal(xml) : parseDomain(xml).name).toBe(outcome);
});
