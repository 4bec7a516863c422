import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDomain } from '../../../lib/domain/parse_domain';
import { slimStatus } from '../../../lib/domain/slim_status';

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

function expectSame(xml: string): void {
  expect(parseDomain(slimStatus(xml))).toEqual({ ...parseDomain(xml), disks: [] });
}

const real = readdirSync(FIXTURES).filter((name) => /^qemu_.*\.xml$/.test(name));
test.each(real)('a real guest says the same, in less: %s', (name) => {
  const xml = status(readFileSync(join(FIXTURES, name), 'utf8'));
  expectSame(xml);
  expect(slimStatus(xml).length).toBeLessThan(xml.length / 2);
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
])('%s', (_, text) => expectSame(status(text)));

test.each<[string, string]>([
  ['a comment', domain(`<devices><!-- ${nic} -->${nic}</devices>`)],
  ['CDATA', domain(`<metadata><a><![CDATA[</metadata><devices>]]></a></metadata><devices>${nic}</devices>`)],
  [
    'an element of that name in another device',
    domain(`<devices><hostdev><source><interface>eth0</interface></source></hostdev>${nic}</devices>`),
  ],
  ['> in a value', domain(`<devices>${nic}</devices>`, "<domain a='>'>")],
  ['no devices', domain('')],
])('what is unusual is left as it is: %s', (_, text) => {
  const xml = `<domstatus state='running'>${text}</domstatus>`;
  expect(slimStatus(xml)).toBe(xml);
});

test('what is no status file', () => {
  for (const text of ['', '<domstatus', "<domstatus state='x'></domstatus>", domain('<devices/>')])
    expect(slimStatus(text)).toBe(text);
});
