import { SaxesParser, type SaxesTagNS } from 'saxes';
import { KnownError } from '../types';
import type { Domain, DomainDisk, DomainInterface, MetadataPort } from './domain';

/** The namespace of the ports element in a guest's metadata. */
export const PORTS_NAMESPACE = 'urn:kvmvlan:ports:1';

/** Of the attributes that declare namespaces (Namespaces in XML 1.0, section 3). */
const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/';

/** libxml2, by which libvirt reads, goes no deeper even where it is told to (xmlParserMaxDepth); saxes would take hours. */
const MAX_DEPTH = 2048;

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Attributes = Record<string, string>;

/**
 * The guest that an XML describes: a hook's input, `virsh dumpxml`, or one of libvirt's status files
 * (`<domstatus>`). Only the guest's own elements are read, not those nested deeper, such as a disk's backing chain.
 * Throws KnownError where it is not well-formed or holds no domain.
 */
export function parseDomain(xml: string): Domain {
  const domain: Writable<Domain> = {
    name: '',
    uuid: null,
    interfaces: [],
    disks: [],
    metadata: null,
    state: null,
  };
  const interfaces: Writable<DomainInterface>[] = [];
  const disks: Writable<DomainDisk>[] = [];
  const ports: MetadataPort[] = [];
  const path: string[] = [];
  let text = '';
  let found = false;
  let inPorts = false;

  const open = (tag: SaxesTagNS): void => {
    text = '';
    path.push(tag.local);
    if (path.length > MAX_DEPTH) throw notWellFormed(`elements are nested deeper than ${MAX_DEPTH}`);
    const at = attributes(tag);
    if (path.length === 1 && tag.local === 'domstatus') domain.state = at.state ?? null;
    const inside = insideDomain(path);
    found ||= inside.length === 0;
    const [section, element, part] = inside;
    if (section === 'devices' && element === 'interface') readInterface(interfaces, inside.slice(2), at);
    if (inside.length > 3) return;
    if (section === 'devices' && element === 'disk') readDisk(disks, part, at);
    if (section === 'metadata' && element === 'ports') {
      // `virsh metadata` gives all elements the namespace, an editor perhaps the outer one only.
      if (part === undefined) inPorts = tag.uri === PORTS_NAMESPACE;
      if (inPorts) domain.metadata = ports;
      if (inPorts && part !== undefined) ports.push({ element: part, attributes: at });
    }
  };
  const close = (): void => {
    const [element, ...deeper] = insideDomain(path);
    if (deeper.length === 0 && element === 'name') domain.name = text;
    if (deeper.length === 0 && element === 'uuid') domain.uuid = text.trim().toLowerCase();
    path.pop();
  };

  const parser = new SaxesParser({ xmlns: true, position: true });
  parser.on('error', (error) => {
    throw notWellFormed(error.message.replace(/\.$/, ''));
  });
  parser.on('opentag', open);
  parser.on('closetag', close);
  parser.on('text', (chunk) => (text += chunk));
  parser.on('cdata', (chunk) => (text += chunk));
  parser.write(xml).close();
  if (!found)
    throw new KnownError(
      'the XML holds no <domain>',
      'Give the XML of a guest, as `virsh dumpxml` prints it.',
    );
  return { ...domain, interfaces, disks };
}

function notWellFormed(why: string): KnownError {
  return new KnownError(`the domain XML is not well-formed: ${why}`, 'Look at what `virsh dumpxml` prints.');
}

/** The path below `<domain>`, which is the root or the child of `<domstatus>`; no more of it than is looked at. */
function insideDomain(path: readonly string[]): readonly string[] {
  if (path[0] === 'domain') return path.slice(1, 6);
  if (path[0] === 'domstatus' && path[1] === 'domain') return path.slice(2, 7);
  return ['not in a domain'];
}

function attributes(tag: SaxesTagNS): Attributes {
  const own = Object.values(tag.attributes).filter(({ uri }) => uri !== XMLNS_NAMESPACE);
  return Object.fromEntries(own.map(({ local, value }) => [local, value]));
}

/**
 * Adds an interface, or to the last one what an element in it says. Of a network's interface status files tell what it
 * has become in an element of its own, hooks are shown it in the place of the rest (domain_conf.c virDomainNetDefFormat).
 *
 * @param path from below the interface down to the element; empty for itself
 */
export function readInterface(
  interfaces: Writable<DomainInterface>[],
  path: readonly (string | undefined)[],
  at: Attributes,
): void {
  if (path.length === 0) {
    const nic = interfaces.length;
    const nothing = { mac: null, dev: null, alias: null, bridge: null, network: null, libvirtVlan: false };
    interfaces.push({ nic, type: at.type ?? '', ...nothing });
    return;
  }
  const current = interfaces.at(-1);
  if (current === undefined) return;
  const isActual = path[0] === 'actual';
  if (isActual && path.length === 1) current.type = at.type ?? current.type;
  if (path.length !== (isActual ? 2 : 1)) return;
  const element = path.at(-1);
  if (element === 'mac') current.mac ??= at.address?.toLowerCase() ?? null;
  if (element === 'target') current.dev ??= at.dev ?? null;
  if (element === 'alias') current.alias ??= at.name ?? null;
  if (element === 'vlan') current.libvirtVlan = true;
  if (element === 'source') {
    current.bridge ??= at.bridge ?? null;
    current.network ??= at.network ?? null;
  }
}

function readDisk(disks: Writable<DomainDisk>[], element: string | undefined, at: Attributes): void {
  if (element === undefined) {
    disks.push({ type: at.type ?? '', dev: null, source: null, format: null });
    return;
  }
  const current = disks.at(-1);
  if (current === undefined) return;
  if (element === 'target') current.dev ??= at.dev ?? null;
  if (element === 'driver') current.format ??= at.type ?? null;
  if (element === 'source') current.source ??= at.file ?? at.dev ?? at.dir ?? at.volume ?? at.name ?? null;
}
