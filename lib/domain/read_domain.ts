import type { Domain, DomainInterface } from './domain';
import { parseDomain, PORTS_NAMESPACE, readInterface } from './parse_domain';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The guest of what libvirt gives its hooks, or keeps in its status files, as parseDomain reads it, its disks left out
 * where it can.
 *
 * The parser costs more than all else that a hook does itself, or a crowd of guests needs. So it is given a tenth of the
 * text at most, and nothing where that is as plain as libvirt writes it; what is in any way unusual it is given as it
 * stands. Throws KnownError as it does.
 */
export function readDomain(xml: string): Domain {
  const parts = cut(xml);
  if (parts === null) return parseDomain(xml);
  const plain = xml.includes(PORTS_NAMESPACE) ? null : plainDomain(parts);
  return plain ?? parseDomain(assemble(parts));
}

/** What is looked at in the XML, as it stands there. */
interface Parts {
  /** null: the XML is the domain alone. */
  readonly statusTag: string | null;
  readonly domainTag: string;
  readonly name: string;
  readonly uuid: string;
  readonly metadata: string;
  readonly interfaces: readonly string[];
}

/** null: tags could be hidden in it, or it is otherwise not as libvirt writes it. */
function cut(xml: string): Parts | null {
  const isDomain = /^\s*<domain[\s>]/.test(xml);
  const start = xml.indexOf(isDomain ? '<domain' : '<domstatus');
  // Comments, CDATA and processing instructions may hold what looks like a tag.
  if (start < 0 || xml.includes('<!', start) || xml.includes('<?', start)) return null;
  const from = isDomain ? start : xml.slice(start).search(/<domain[\s>]/) + start;
  const end = xml.lastIndexOf('</domain>');
  const statusTag = isDomain ? null : tagAt(xml, start);
  const domainTag = tagAt(xml, from);
  if (from < start || end < from || statusTag?.isSure === false || !domainTag.isSure) return null;
  if (isDomain && xml.slice(end + '</domain>'.length).trim() !== '') return null;
  const body = xml.slice(from + domainTag.text.length, end);
  const metadata = metadataOf(body);
  const devicesAt = body.indexOf('<devices>', metadata.end);
  const devices = body.slice(devicesAt, body.lastIndexOf('</devices>'));
  const first = body.slice(0, metadata.text === '' ? devicesAt : metadata.start);
  const interfaces = devicesAt < 0 ? null : interfacesIn(devices);
  if (interfaces === null) return null;
  return {
    statusTag: statusTag?.text ?? null,
    domainTag: domainTag.text,
    name: between(first, '<name>', '</name>').text,
    uuid: between(first, '<uuid>', '</uuid>').text,
    metadata: metadata.text,
    interfaces,
  };
}

/**
 * The interfaces of a guest, each from tag to tag. null: one of them ends in its own start tag, or another kind of device
 * has an element of that name, which has no attributes.
 */
function interfacesIn(devices: string): string[] | null {
  const interfaces: string[] = [];
  for (let at = devices.indexOf(BEGIN); at >= 0;) {
    const end = devices.indexOf(END, at);
    const next = devices.indexOf(BEGIN, at + 1);
    const isWhole = /\s/.test(devices.charAt(at + BEGIN.length)) && end > 0 && !(next >= 0 && next < end);
    if (!isWhole) return null;
    interfaces.push(devices.slice(at, end + END.length));
    at = next;
  }
  return interfaces;
}

const BEGIN = '<interface';
const END = '</interface>';

/** Well-formed again. */
function assemble({ statusTag, domainTag, name, uuid, metadata, interfaces }: Parts): string {
  const devices = `<devices>${interfaces.join('')}</devices>`;
  const domain = `${domainTag}${name}${uuid}${metadata}${devices}</domain>`;
  return statusTag === null ? domain : `${statusTag}${domain}</domstatus>`;
}

/** Without entities, namespaces or text between tags; null: there are some. */
function plainDomain({ statusTag, name, uuid, interfaces }: Parts): Domain | null {
  const state = statusTag === null ? null : /^<domstatus state='([a-z]+)'/.exec(statusTag)?.[1];
  const plainName = /^<name>([^<&\r]+)<\/name>$/.exec(name)?.[1];
  const plainUuid = uuid === '' ? null : /^<uuid>([0-9a-f-]+)<\/uuid>$/.exec(uuid)?.[1];
  if (state === undefined || plainName === undefined || plainUuid === undefined) return null;
  const read: Writable<DomainInterface>[] = [];
  if (!interfaces.every((text) => readPlainInterface(read, text))) return null;
  return { name: plainName, uuid: plainUuid, interfaces: read, disks: [], metadata: null, state };
}

const TAG = /\s*<\/?[A-Za-z][\w-]*(?: [A-Za-z][\w-]*='[^'<&\t\r\n]*')*\/?>/y;

/**
 * Adds an interface; false: it is not plain. Tags are tested, and cut out only where they count: of a crowd of guests
 * what an expression captures would be half of all memory that is used.
 */
function readPlainInterface(interfaces: Writable<DomainInterface>[], text: string): boolean {
  const path: string[] = [];
  for (let at = 0; at < text.length; at = TAG.lastIndex) {
    TAG.lastIndex = at;
    if (!TAG.test(text)) return false;
    const begin = text.indexOf('<', at) + 1;
    const isEmpty = text[TAG.lastIndex - 2] === '/';
    const end = TAG.lastIndex - (isEmpty ? 2 : 1);
    if (text[begin] === '/') {
      if (text.slice(begin + 1, end) !== path.pop() || isEmpty) return false;
      continue;
    }
    const isRead = path.length < 2 || path[1] === 'actual';
    if (isEmpty && !isRead) continue;
    const space = text.indexOf(' ', begin);
    const nameEnd = space < 0 || space > end ? end : space;
    const element = text.slice(begin, nameEnd);
    if (isRead) {
      const below = path.length === 0 ? [] : [...path.slice(1), element];
      readInterface(interfaces, below, attributesOf(text, nameEnd, end));
    }
    if (!isEmpty) path.push(element);
  }
  return path.length === 0;
}

/** What stands from one place to another as ` name='value'`, again and again. */
function attributesOf(text: string, from: number, to: number): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (let at = from; at < to;) {
    const equals = text.indexOf('=', at);
    const quote = text.indexOf("'", equals + 2);
    attributes[text.slice(at + 1, equals)] = text.slice(equals + 2, quote);
    at = quote + 1;
  }
  return attributes;
}

const NOTHING = { text: '', start: 0, end: 0 };

/** The start tag at a place; not sure where its end may be a `>` in a value. */
function tagAt(xml: string, at: number): { text: string; isSure: boolean } {
  const text = xml.slice(at, xml.indexOf('>', at) + 1);
  return { text, isSure: !/["'/]/.test(text.replace(/"[^"]*"|'[^']*'/g, '')) };
}

/** Whatever people have put there, elements of the same name too. */
function metadataOf(body: string): ReturnType<typeof between> {
  // It has attributes where libxml2 has put there what a prefix in it stands for.
  const start = body.search(/<metadata[\s>]/);
  const end = body.lastIndexOf('</metadata>') + '</metadata>'.length;
  return start < 0 || end <= start ? NOTHING : { text: body.slice(start, end), start, end };
}

function between(text: string, open: string, close: string): { text: string; start: number; end: number } {
  const start = text.indexOf(open);
  const end = text.indexOf(close, start) + close.length;
  return start < 0 || end <= start
    ? { text: '', start: 0, end: 0 }
    : { text: text.slice(start, end), start, end };
}
