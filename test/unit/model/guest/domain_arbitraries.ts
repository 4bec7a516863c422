import fc from 'fast-check';

const UUID = '6C8A3B1E-0000-4000-8000-000000000001';
export const NIC =
  "<interface type='bridge'><mac address='52:54:00:00:00:01'/><target dev='vnet0'/></interface>";

/** Elements in one another, called as those in an interface or a disk are, and written in any way. */
const part: fc.Arbitrary<string> = fc.letrec<{ part: string }>((tie) => ({
  part: fc
    .record({
      name: fc.constantFrom(
        ...['mac', 'source', 'target', 'alias', 'vlan', 'tag', 'actual', 'driver', 'filterref', 'ip'],
        ...['interface', 'disk', 'backingStore', 'x-y', 'q:mac'],
      ),
      attributes: fc.uniqueArray(
        fc.tuple(
          fc.constantFrom(
            'address',
            'dev',
            'name',
            'bridge',
            'network',
            'type',
            'managed',
            'trunk',
            'id',
            'file',
          ),
          fc.constantFrom(
            "='a b'",
            "='&lt;&#10;'",
            '="q\'"',
            " = 'x'",
            "='>'",
            "='/'",
            "='\n'",
            "='no'",
            "='yes'",
            "='42'",
          ),
        ),
        { selector: ([key]) => key, maxLength: 3 },
      ),
      children: fc.array(
        fc.oneof(
          { maxDepth: 2 },
          fc.constantFrom(' ', '\n  ', 'text', '&amp;', `<!-- ${NIC} -->`, '<![CDATA[<mac/>]]>'),
          tie('part'),
          tie('part'),
        ),
        { maxLength: 4 },
      ),
    })
    .map(({ name, attributes, children }) => {
      const start = `<${name}${attributes.map(([key, value]) => ` ${key}${value}`).join('')}`;
      return children.length === 0 ? `${start}/>` : `${start}>${children.join('')}</${name}>`;
    }),
})).part;

const device = fc
  .tuple(
    fc.constantFrom(
      "interface type='bridge'",
      "interface type='network'",
      'interface',
      "disk type='file'",
      'hostdev',
      'x',
    ),
    fc.array(part, { maxLength: 4 }),
  )
  .map(([tag, parts]) => `<${tag}>${parts.join('')}</${tag.split(' ')[0]}>`);

/** Metadata in the forms that libxml2 writes, with anything in them that is called like what is looked for elsewhere. */
const metadata = fc
  .record({
    tag: fc.constantFrom(
      '<metadata>',
      '<metadata xmlns:k="urn:kvmvlan:ports:1">',
      '<metadata xmlns:k="urn:other" a="b">',
      '<metadata\n>',
    ),
    ports: fc.constantFrom(
      '',
      '<k:ports><k:port nic="0" pvid="5"/><k:port k:nic="1"/></k:ports>',
      '<p:ports xmlns:p="urn:kvmvlan:ports:1"><p:port nic="0" pvid="6"/></p:ports>',
      '<ports xmlns="urn:kvmvlan:ports:1"><port nic="0"><port nic="1"/></port><prt/></ports>',
    ),
    nics: fc.constantFrom(
      '',
      '<n:nics xmlns:n="urn:kvmvlan:nics:1"><n:nic n:mac="a" address="b c"/></n:nics>',
      '<nics xmlns="urn:kvmvlan:nics:1"><nic mac="a"/><p:port xmlns:p="urn:kvmvlan:nics:1"/></nics>',
    ),
    others: fc.array(
      fc.constantFrom(
        `<x><devices>${NIC}</devices></x>`,
        `<domain><name>no</name><devices>${NIC}</devices></domain>`,
        `<domstatus state='no'><domain><name>no</name></domain></domstatus>`,
        '<x><metadata>text</metadata></x>',
        '<name>no</name>',
        '<uuid>no</uuid>',
        `<!-- </metadata><devices>${NIC}</devices> -->`,
        `<x><![CDATA[</metadata><devices>${NIC}</devices>]]></x>`,
        '<x xmlns="urn:x" y="&lt;/metadata>"/>',
        '<ports xmlns="urn:x"><port nic="7"/></ports>',
        '<nics xmlns="urn:kvmvlan:ports"><nic/></nics>',
        "<job async='no'/>",
      ),
      { maxLength: 3 },
    ),
  })
  .map(({ tag, ports, nics, others }) => {
    const text = `${tag}${[nics, ...others.slice(1), ports, ...others.slice(0, 1)].join('')}</metadata>`;
    return tag.includes(':k=') ? text : text.replaceAll('k:', '');
  });

/** A guest as hooks are shown it, and as libvirt keeps it in a status file. */
export const anyDomain: fc.Arbitrary<readonly [hook: string, status: string]> = fc
  .record({
    name: fc.constantFrom('VM1', ' a&amp;b ', '<![CDATA[<x>]]>', 'a<!-- b -->c', '日本🙂', ''),
    uuid: fc.constantFrom(`<uuid>${UUID}</uuid>`, '', `<uuid>\n${UUID} </uuid>`),
    metadata: fc.oneof(metadata, fc.constantFrom('', '<metadata/>')),
    others: fc.array(
      fc.constantFrom(
        '<os><name>x</name><uuid>no</uuid></os>',
        NIC,
        `<x><devices>${NIC}</devices></x>`,
        '<devices/>',
      ),
      { maxLength: 2 },
    ),
    devices: fc.array(device, { maxLength: 4 }),
    job: fc.constantFrom(
      '',
      "<job type='modify' async='none'/>",
      "<job type='none' async='migration in' phase='prepare'><job async='no'/><disk dev='vda'/></job>",
      '<job\ttype="none" async="start"></job>',
    ),
  })
  .map(({ name, uuid, metadata: own, others, devices, job }) => {
    const inside = `<name>${name}</name>${uuid}${own}${others.join('')}<devices>${devices.join('\n')}</devices>`;
    const domain = `<domain type='kvm' id='1' xmlns:q='u'>${inside}</domain>`;
    return [
      `<?xml version='1.0'?>\n${domain}\n`,
      `<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE.\n-->\n\n<domstatus state='running' reason='booted' pid='1'>
  <qemuCaps>\n${"    <flag name='kvm'/>\n".repeat(30)}  </qemuCaps>
  <devices><device alias='net0'/>${NIC}</devices>${job}\n${domain}<domains>${NIC}</domains>\n</domstatus>\n`,
    ];
  });
