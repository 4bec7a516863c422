import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as parser from '../../../lib/domain/parse_domain';
import { parseDomain } from '../../../lib/domain/parse_domain';
import { readDomain } from '../../../lib/domain/read_domain';

const FIXTURES = join(__dirname, '../../fixtures/libvirt-9.0.0');
/** A guest as libvirt keeps it in /run/libvirt/qemu: its definition less the declaration, in <domstatus>. */
const status = (domain: string) =>
  `<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE.\n-->\n\n<domstatus state='running' reason='booted' pid='1'>
  <qemuCaps>\n${"    <flag name='kvm'/>\n".repeat(50)}  </qemuCaps>
  <devices><device alias='net0'/></devices>\n${domain.replace(/<\?.*?\?>|<!--[^]*?-->/g, '')}\n</domstatus>\n`;

const domain = (inside: string, tag = "<domain type='kvm' id='1'>") =>
  `${tag}<name>VM 1 &amp; co</name><uuid>6c8a3b1e-0000-4000-8000-000000000001</uuid>${inside}</domain>`;
const nic = "<interface type='bridge'><mac address='52:54:00:00:00:01'/><target dev='vnet0'/></interface>";
const metadata =
  "<metadata><k:ports xmlns:k='urn:kvmvlan:ports:1'><k:port nic='0' pvid='5'/></k:ports><x:name xmlns:x='u'>no</x:name></metadata>";

/** Counts the characters that the XML parser is given. */
let parsed = 0;
jest.mock('../../../lib/domain/parse_domain', () => {
  const real = jest.requireActual<typeof parser>('../../../lib/domain/parse_domain');
  return { ...real, parseDomain: (xml: string) => ((parsed += xml.length), real.parseDomain(xml)) };
});

/** Gives how much of it was parsed. */
function expectSame(xml: string): number {
  const whole = { ...parseDomain(xml), disks: [] };
  parsed = 0;
  expect({ ...readDomain(xml), disks: [] }).toEqual(whole);
  return parsed;
}

const real = readdirSync(FIXTURES).filter((name) => /^qemu_.*\.xml$/.test(name));
test.each(real)('a real guest says the same, in less: %s', (name) => {
  const xml = readFileSync(join(FIXTURES, name), 'utf8');
  for (const form of [xml, status(xml)]) expect(expectSame(form)).toBeLessThan(form.length / 2);
});

test.each<[string, string]>([
  ['no interface', domain('<devices></devices>')],
  [
    'two, and metadata',
    domain(`${metadata}<devices><disk type='file'><target dev='vda'/></disk>${nic}${nic}</devices>`),
  ],
  [
    'names elsewhere',
    domain(`<os><name>x</name></os><devices><video><model name='a'/></video>${nic}</devices>`),
  ],
  [
    'a domain in the metadata',
    domain(
      `<metadata><domain><name>no</name><devices>${nic}</devices></domain></metadata><devices>${nic}</devices>`,
    ),
  ],
  [
    'a prefix from the root',
    domain(
      `<metadata><k:ports><k:port nic='1'/></k:ports></metadata><devices>${nic}</devices>`,
      "<domain xmlns:k='urn:kvmvlan:ports:1'>",
    ),
  ],
  // libxml2, by which libvirt copies and writes the metadata, moves there what a prefix stands for.
  [
    'a prefix from the metadata themselves',
    domain(
      `<metadata xmlns:k="urn:kvmvlan:ports:1"><k:ports><k:port nic="1" pvid="5"/></k:ports></metadata><devices>${nic}</devices>`,
    ),
  ],
  [
    'devices in metadata that have attributes',
    domain(`<metadata xmlns:o="u"><o:x><devices>${nic}</devices></o:x></metadata><devices>${nic}</devices>`),
  ],
  [
    'metadata in metadata that have attributes',
    domain(
      `<metadata a="b"><x><metadata><devices>${nic}</devices></metadata></x></metadata><devices>${nic}</devices>`,
    ),
  ],
  ['metadata that hold nothing', domain(`<metadata/><devices>${nic}</devices>`)],
])('%s', (_, text) => {
  expectSame(text);
  expectSame(status(text));
});

test.each<[string, string]>([
  ['a comment', domain(`<devices><!-- ${nic} -->${nic}</devices>`)],
  ['CDATA', domain(`<metadata><a><![CDATA[</metadata><devices>]]></a></metadata><devices>${nic}</devices>`)],
  [
    'an element of that name in another device',
    domain(`<devices><hostdev><source><interface>eth0</interface></source></hostdev>${nic}</devices>`),
  ],
  ['> in a value', domain(`<devices>${nic}</devices>`, "<domain a='>'>")],
  ['no devices', domain('')],
  ['an interface that says nothing', domain(`<devices>${nic}<interface type='user'/></devices>`)],
  ['one before another', domain(`<devices><interface type='user'/>${nic}</devices>`)],
])('what is unusual is left as it is: %s', (_, text) => {
  for (const xml of [text, `<domstatus state='running'>${text}</domstatus>`])
    expect(expectSame(xml)).toBe(xml.length);
});

test('a status file in the metadata of a guest is not taken for the guest', () => {
  const other = `<domstatus state='running'>${domain(`<devices>${nic}${nic}</devices>`)}</domstatus>`;
  const xml = domain(`<metadata>${other}</metadata><devices>${nic}</devices>`);
  expectSame(xml);
  expect(readDomain(xml).interfaces).toHaveLength(1);
});

test('a crowd of interfaces that say nothing takes no time', () => {
  const xml = domain(`<devices>${"<interface type='user'/>".repeat(100_000)}</devices>`);
  const began = Date.now();
  expect(readDomain(xml).interfaces).toHaveLength(100_000);
  expect(Date.now() - began).toBeLessThan(5_000);
});

test('what is no guest, or only a part of one', () => {
  const whole = domain(`<devices>${nic}</devices>`);
  for (const text of [
    '',
    '<domstatus',
    "<domstatus state='x'></domstatus>",
    '<domain>',
    whole.slice(0, -1),
    `${whole}<domain/>`,
    `x${whole}`,
  ])
    expect(() => readDomain(text)).toThrow(/well-formed|no <domain>/);
  expect(readDomain(domain('<devices/>')).name).toBe('VM 1 & co');
});

const plainDomain = (inside: string) => domain(`<devices>${inside}</devices>`).replace(' &amp; co', '');
const plain = (inside: string) => status(plainDomain(inside));

test('of what is as plain as libvirt writes it nothing is parsed', () => {
  const whole = `<interface type='network'>
      <mac address='52:54:00:AA:00:01'/>
      <source network='lan' portid='8' bridge='br0'/>
      <vlan trunk='yes'><tag id='42'/></vlan>
      <target dev='vnet0'/>
      <backend><source bridge='no'/></backend>
      <alias name='ua-x y'/>
    </interface>`;
  expect(expectSame(plain(whole + nic))).toBe(0);
  expect(expectSame(plainDomain(whole + nic))).toBe(0);
  expect(readDomain(plain(whole)).interfaces).toEqual([
    {
      nic: 0,
      type: 'network',
      mac: '52:54:00:aa:00:01',
      dev: 'vnet0',
      alias: 'ua-x y',
      bridge: 'br0',
      network: 'lan',
      libvirtVlan: true,
    },
  ]);
});

test('a network\u2019s interface is what it has become, which status files tell apart', () => {
  const whole = `<interface type='network'>
      <mac address='52:54:00:aa:00:02'/>
      <source network='lan' portgroup='red' portid='8'/>
      <actual type='bridge'>
        <source bridge='br0'/>
        <vlan><tag id='42'/></vlan>
        <virtualport type='x'><source bridge='no'/></virtualport>
      </actual>
      <target dev='vnet0'/>
      <alias name='net0'/>
    </interface>`;
  expect(expectSame(plain(whole + nic))).toBe(0);
  expect(readDomain(plain(whole + nic)).interfaces).toMatchObject([
    { nic: 0, type: 'bridge', dev: 'vnet0', bridge: 'br0', network: 'lan', libvirtVlan: true },
    { nic: 1, type: 'bridge', bridge: null, network: null, libvirtVlan: false },
  ]);
});

/** Elements in one another, plain and not. */
const element: fc.Arbitrary<string> = fc.letrec<{ element: string }>((tie) => ({
  element: fc
    .record({
      name: fc.constantFrom(
        'mac',
        'source',
        'target',
        'alias',
        'vlan',
        'actual',
        'interface',
        'x-y',
        'k:mac',
      ),
      attributes: fc.uniqueArray(
        fc.tuple(
          fc.constantFrom('address', 'dev', 'name', 'bridge', 'network', 'type'),
          fc.constantFrom("='a b'", "='&lt;&#10;'", '="q\'"', " = 'x'", "='>'", "='/'", "='\n'"),
        ),
        { selector: ([name]) => name, maxLength: 3 },
      ),
      children: fc.array(
        fc.oneof({ maxDepth: 2 }, fc.constantFrom(' ', '\n  ', 'text', '&amp;'), tie('element')),
        {
          maxLength: 3,
        },
      ),
    })
    .map(({ name, attributes, children }) => {
      const start = `<${name}${attributes.map(([key, value]) => ` ${key}${value}`).join('')}`;
      return children.length === 0 ? `${start}/>` : `${start}>${children.join('')}</${name}>`;
    }),
})).element;

test('any interface says the same, parsed or not', () => {
  let unparsed = 0;
  fc.assert(
    fc.property(fc.array(fc.array(element, { maxLength: 4 }), { maxLength: 3 }), (interfaces) => {
      const texts = interfaces.map((inside) => `<interface type='bridge'>${inside.join('')}</interface>`);
      const xml = plain(texts.join('\n')).replace("pid='1'>", "pid='1' xmlns:k='u'>");
      const alone = plainDomain(texts.join('\n')).replace("id='1'>", "id='1' xmlns:k='u'>");
      if (expectSame(xml) === 0 && expectSame(alone) === 0) unparsed++;
    }),
    { numRuns: 500 },
  );
  expect(unparsed).toBeGreaterThan(20);
});

/** Metadata in the forms that libxml2 writes, with anything in them that is called like what is looked for. */
const anyMetadata: fc.Arbitrary<string> = fc
  .record({
    tag: fc.constantFrom(
      '<metadata>',
      '<metadata xmlns:k="urn:kvmvlan:ports:1">',
      '<metadata xmlns:k="urn:other" a="b">',
      '<metadata\n>',
    ),
    inside: fc.array(
      fc.constantFrom(
        '<k:ports><k:port nic="0" pvid="5"/></k:ports>',
        '<p:ports xmlns:p="urn:kvmvlan:ports:1"><p:port nic="0" pvid="6"/></p:ports>',
        `<x><devices>${nic}</devices></x>`,
        `<domain><name>no</name><devices>${nic}</devices></domain>`,
        '<x><metadata>text</metadata></x>',
        '<name>no</name>',
        '<uuid>no</uuid>',
      ),
      { maxLength: 3 },
    ),
  })
  .map(({ tag, inside }) =>
    `${tag}${inside.join('')}</metadata>`.replaceAll('k:', tag.includes(':k=') ? 'k:' : ''),
  );

test('any metadata say the same, and hide nothing', () => {
  fc.assert(
    fc.property(anyMetadata, (metadata) => {
      const text = domain(`${metadata}<devices>${nic}</devices>`).replace(' &amp; co', '');
      expectSame(text);
      expectSame(status(text));
    }),
    { numRuns: 500 },
  );
});
