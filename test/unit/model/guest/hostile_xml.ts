/** A source of numbers from 0 to less than 1, always the same ones for a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const NAMESPACE = 'urn:kvmvlan:ports:1';

/** Metadata as a bomb: what fills so many characters, as it stands in a ports element, or next to it. */
export const BOMBS: Readonly<Record<string, (length: number) => string>> = {
  'attributes that are not known': (length) => `<k:port nic='0'${fill(length, (n) => ` a${n}='1'`)}/>`,
  'attributes nearly known': (length) => `<k:port nic='0'${fill(length, (n) => ` pvd${n}='1'`)}/>`,
  'long names of attributes': (length) =>
    `<k:port${fill(length, (n) => ` a${n}${'x'.repeat(length / 70)}=''`)}/>`,
  'ports that are wrong': (length) => fill(length, () => `<k:port nic='x' pvid='y'/>`),
  'ports for nobody, and others for the same': (length) =>
    fill(length / 2, () => `<k:port nic='99'/>`) + fill(length / 2, () => `<k:port nic='0'/>`),
  'ports with all keys wrong': (length) =>
    fill(
      length,
      () => `<k:port mac='' nic='' alias='' mode='' pvid='' tagged='x' untagged='x' native='' isolated=''/>`,
    ),
  'elements that are not known': (length) => fill(length, (n) => `<k:p${n}/>`),
  'ranges again and again': (length) => `<k:port nic='0' tagged='${fill(length, () => '1-4094,')}'/>`,
  separators: (length) => `<k:port nic='0' tagged='${fill(length, () => ' ,')}'/>`,
  'a VID without end': (length) => `<k:port nic='0' pvid='${'9'.repeat(length)}'/>`,
  'a range without end': (length) => `<k:port nic='0' tagged='1-${'9'.repeat(length)}'/>`,
  'a MAC without end': (length) => `<k:port mac='${'5'.repeat(length)}'/>`,
  'line ends in a value': (length) => `<k:port nic='0' pvid='${fill(length, () => '&#10;')}'/>`,
  'a long name': (length) => `<k:${'n'.repeat(length)}/>`,
  'a long name beyond ASCII': (length) => `<k:${'é'.repeat(length)}/>`,
  'a long name of surrogate pairs': (length) => `<k:${'𐀀'.repeat(length / 2)}/>`,
  'white space in a tag': (length) => `<k:port${' \n\t'.repeat(length / 3)}nic='0'/>`,
  'white space around an =': (length) => `<k:port nic${' '.repeat(length)}='0'/>`,
  'empty elements': (length) => fill(length, () => '<x/>'),
  'elements in one another': (length) => fill(length, () => `${'<x>'.repeat(200)}${'</x>'.repeat(200)}`),
  'elements of long names': (length) => fill(length, () => `<${'x'.repeat(1000)}></${'x'.repeat(1000)}>`),
  'namespaces of many names': (length) =>
    `<x${fill(length / 2, (n) => ` xmlns:p${n}='u'`)}>${fill(length / 2, (n) => `<p${n}:x/>`)}</x>`,
  'namespaces in one another': (length) =>
    fill(length, () => `${`<x xmlns:p='u' xmlns='v'>`.repeat(200)}<p:x/>${'</x>'.repeat(200)}`),
  'attributes with prefixes of nobody': (length) => `<k:x${fill(length, (n) => ` y${n}:b='1'`)}/>`,
  'a URI with < in it': (length) => `<x:a xmlns:x='${'<'.repeat(length)}'/>`,
  'URIs with < in them': (length) => fill(length, () => `<x:a xmlns:x='u<v'/>`),
  comments: (length) => fill(length, () => '<!---->'),
  'a comment': (length) => `<!--${'- '.repeat(length / 2)}-->`,
  CDATA: (length) => fill(length, () => '<![CDATA[<]]>'),
  instructions: (length) => fill(length, () => '<?p?>'),
  'entities of a document type that is gone': (length) => fill(length, () => '&foo;'),
  'entities in values': (length) => `<x a='${fill(length, () => '&foo;')}'/>`,
  'an entity without end': (length) => `&${'x'.repeat(length)};`,
  references: (length) => fill(length, () => '&#65;'),
  'a reference without end': (length) => `&#${'0'.repeat(length)}65;`,
  brackets: (length) => fill(length, () => ']'),
  'line ends': (length) => fill(length, () => '\r'),
};

/** A piece again and again, until it is so long. */
function fill(length: number, piece: (n: number) => string): string {
  const parts: string[] = [];
  for (let n = 0, sum = 0; sum < length; n++) {
    const part = piece(n);
    parts.push(part);
    sum += part.length;
  }
  return parts.join('');
}

const NIC = `<interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/><target dev='vnet0'/><alias name='net0'/></interface>`;

/** A guest with one interface, vnet0, and such metadata: in the ports element, or in one of somebody else. */
export function guestWith(bomb: string, isInPorts: boolean): string {
  const ports = isInPorts ? bomb : '';
  const other = isInPorts ? '' : `<o:x xmlns:o='urn:o' xmlns:k='urn:o'>${bomb}</o:x>`;
  return `<domain type='kvm'><name>BOMB</name><uuid>6c8a3b1e-0000-4000-8000-000000000002</uuid>
    <metadata>${other}<k:ports xmlns:k='${NAMESPACE}'>${ports}</k:ports></metadata><devices>${NIC}</devices></domain>`;
}

/** A guest made by somebody who means no good. */
export interface HostileGuest {
  readonly xml: string;
  /** What its interfaces' devices are called; null: its XML is broken, so it may be refused. */
  readonly devs: readonly (string | null)[] | null;
}

const NAMES = [
  'VM1',
  'db1',
  '',
  ' ',
  '../../etc',
  '$(reboot)',
  'a"b',
  "a'b",
  '-rf',
  '\u009b31m',
  '\u202eevil',
  'x'.repeat(300),
  '日本🙂',
  'a\nb',
  '__proto__',
  'VM*',
];
const TYPES = [
  'bridge',
  'network',
  'ethernet',
  'user',
  'direct',
  'hostdev',
  'vhostuser',
  'udp',
  '',
  'x',
  'bridge ',
];
const DEVS = [
  'vnet0',
  'vnet1',
  'eth0',
  'bond9',
  'br0',
  'lo',
  '$(reboot)',
  '',
  '.',
  'a/b',
  '-x',
  'x'.repeat(40),
  'vnet\u009b',
  '__proto__',
];
const ALIASES = [
  'net0',
  'net1',
  'net999999999',
  'net9999999999',
  'net-1',
  'net01',
  'ua-x',
  'ua-\n',
  'hostdev0',
  '',
  '__proto__',
  'x'.repeat(999),
];
const MACS = ['52:54:00:00:00:01', '52:54:00:AB:CD:EF', '', 'x', '52:54:00:00:00:01\n', '5'.repeat(99)];
const KEYS = [
  'nic',
  'mac',
  'alias',
  'pvid',
  'tagged',
  'untagged',
  'native',
  'mode',
  'native-mode',
  'isolated',
  'flood',
  'pvdi',
  'guest',
  'bridge',
  '__proto__',
  'constructor',
  'k:nic',
  'y:b',
  'xmlns:z',
  'xmlns',
  ':a',
];
const VALUES = [
  '0',
  '1',
  '99',
  'none',
  '',
  ' ',
  '1-4094',
  '4094-1',
  '1,2,3',
  'access',
  'trunk',
  'yes',
  'x',
  '-1',
  '1e3',
  '999999999999',
  '52:54:00:00:00:01',
  'net0',
  'ua-x',
  '5\nvnet0: now PVID 1',
  '<',
  '&foo;',
  '\u009b',
  '١',
];
const ELEMENTS = [
  'k:port',
  'port',
  'k:ports',
  'k:y:z',
  'y:port',
  'interface',
  'domain',
  'metadata',
  'devices',
  'k:',
  ':k',
  'é',
  'target',
];
const OTHERS = ['&foo;', '<!-- <k:port/> -->', '<![CDATA[</metadata>]]>', '<?p <a?>', 'text', '<x:a y:b="1"/>', `<x:a xmlns:x="u<v'"/>`, '<y:z/>', NIC, `<domain><devices>${NIC}</devices></domain>`]; // prettier-ignore

/** What breaks a text, or nearly does. */
const BREAKERS = [...'<>&\'"/=!?[]-\u0000\u0001\ufffe\ud800', '</', '/>', '<!--', '-->', ']]>', '<?', '<!DOCTYPE x [<!ENTITY foo "x">]>', '</metadata>', '</domain>', '<domain>', '<devices>', '&foo;', "'", '"', '\ufeff', '<interface', 'x'.repeat(9999)]; // prettier-ignore

/** One of very many hostile guests: to each seed always the same one. */
export function hostileGuest(seed: number): HostileGuest {
  const random = seeded(seed);
  const upTo = (max: number): number => Math.floor(random() * (max + 1));
  const one = <T>(list: readonly T[]): T => list[upTo(list.length - 1)] as T;
  const some = (max: number, make: () => string): string => Array.from({ length: upTo(max) }, make).join('');
  const value = (text: string): string => text.replace(/[<>&'\n]/g, (char) => `&#${char.charCodeAt(0)};`);

  const interfaces = Array.from({ length: upTo(4) }, () => {
    const dev = random() < 0.8 ? one(DEVS) : null;
    const parts = [
      dev === null ? '' : `<target dev='${value(dev)}'${random() < 0.2 ? " managed='no'" : ''}/>`,
      random() < 0.8 ? `<mac address='${value(one(MACS))}'/>` : '',
      random() < 0.7
        ? `<source bridge='${one(['br0', 'br1', 'lo', ''])}'/>`
        : `<source network='${one(['lan', ''])}'/>`,
      random() < 0.7 ? `<alias name='${value(one(ALIASES))}'/>` : '',
      random() < 0.1
        ? `<vlan trunk='yes'><tag id='${one(['5', 'x', '99999', '-1'])}' nativeMode='${one(['tagged', 'x'])}'/></vlan>`
        : '',
      random() < 0.2 ? `<actual type='${one(TYPES)}'><source bridge='br0'/></actual>` : '',
    ];
    parts.sort(() => random() - 0.5);
    return { dev, xml: `<interface type='${one(TYPES)}'>${parts.join('')}</interface>` };
  });
  const attributes = (): string => {
    const keys = new Set(Array.from({ length: upTo(5) }, () => one(KEYS)));
    return [...keys].map((key) => ` ${key}='${one(VALUES).replace(/'/g, '')}'`).join('');
  };
  const element = (deep: number): string => {
    const name = one(ELEMENTS);
    const inside = deep > 3 ? '' : some(3, () => (random() < 0.5 ? one(OTHERS) : element(deep + 1)));
    return inside === '' ? `<${name}${attributes()}/>` : `<${name}${attributes()}>${inside}</${name}>`;
  };
  const ports = (): string =>
    `<k:ports xmlns:k='${NAMESPACE}'>${some(4, () => (random() < 0.8 ? `<k:port${attributes()}/>` : element(1)))}</k:ports>`;
  const metadata = `<metadata${random() < 0.2 ? ` xmlns:x='u<v'` : ''}>${some(2, () => element(1))}${random() < 0.8 ? ports() : ''}${random() < 0.1 ? ports() : ''}</metadata>`;
  const bomb = random() < 0.01 ? one(Object.values(BOMBS))(2000 + upTo(8000)) : '';
  const whole = `<domain type='kvm'><name>${value(one(NAMES)).replace(/&#10;/g, '\n')}</name>${random() < 0.9 ? '<uuid>6c8a3b1e-0000-4000-8000-000000000003</uuid>' : ''}${
    bomb === ''
      ? metadata
      : guestWith(bomb, random() < 0.5).replace(/^[^]*?(<metadata>[^]*<\/metadata>)[^]*$/, '$1')
  }<devices>${interfaces.map(({ xml }) => xml).join('')}</devices></domain>`;
  const text = random() < 0.5 ? whole : `<domstatus state='running'>${whole}</domstatus>`;
  if (random() < 0.6) return { xml: text, devs: interfaces.map(({ dev }) => dev) };
  let broken = text;
  for (let times = 1 + upTo(2); times > 0; times--) {
    const at = upTo(broken.length);
    const cut = random() < 0.1 ? broken.length : upTo(5);
    broken = broken.slice(0, at) + (random() < 0.8 ? one(BREAKERS) : '') + broken.slice(at + cut);
  }
  return { xml: broken, devs: null };
}
