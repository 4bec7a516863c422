import { SaxesParser, type SaxesAttributeNS } from 'saxes';
import type {
  Domain,
  DomainDisk,
  DomainInterface,
  LibvirtVlans,
  MetadataPort,
} from '../../../../lib/model/guest/domain';
import { numberInterfaces } from '../../../../lib/model/guest/number_interfaces';
import type { GuestStatus } from '../../../../lib/model/guest/presence';

interface Node {
  readonly name: string;
  readonly local: string;
  readonly uri: string;
  readonly attributes: Readonly<Record<string, SaxesAttributeNS>>;
  readonly children: Node[];
  text: string;
}

/**
 * The guest of an XML, written down once more: from a tree that saxes has built, as the paths of libvirt's own XML say.
 * For texts that are well-formed, namespaces included, and hold one element of each list at most.
 */
export function domainOf(xml: string): Domain {
  const root = tree(xml);
  const domain = root.name === 'domain' ? root : child(root, 'domain');
  if (domain === undefined) throw new Error('no domain');
  const devices = all(domain, 'devices').flatMap(({ children }) => children);
  const interfaces = devices.filter(({ name }) => name === 'interface');
  const numbers = numberInterfaces(
    interfaces.map((it) => ({ type: typeOf(it), alias: attribute(it, 'alias', 'name') })),
  );
  const uuid = child(domain, 'uuid')?.text;
  return {
    name: child(domain, 'name')?.text ?? '',
    uuid: uuid === undefined ? null : uuid.trim().toLowerCase(),
    interfaces: interfaces.map((it, place) => interfaceOf(it, place, numbers[place] ?? null)),
    disks: devices.filter(({ name }) => name === 'disk').map(diskOf),
    metadata: listOf(domain, 'urn:kvmvlan:ports:1', 'ports'),
    metadataProblem: null,
    nics: listOf(domain, 'urn:kvmvlan:nics:1', 'nics'),
    nicsProblem: null,
    status: root.name === 'domstatus' ? statusOf(root) : null,
  };
}

function interfaceOf(it: Node, place: number, nic: number | null): DomainInterface {
  // libvirt writes one of each kind; were there more, all count as one.
  const actual = { ...it, children: all(it, 'actual').flatMap(({ children }) => children) };
  const vlans = [all(actual, 'vlan'), all(it, 'vlan')].find(({ length }) => length > 0) ?? [];
  const type = typeOf(it);
  return {
    place,
    nic,
    type,
    mac: attribute(it, 'mac', 'address')?.toLowerCase() ?? null,
    dev: attribute(it, 'target', 'dev'),
    hasTap: type === 'bridge' || type === 'network' || type === 'ethernet',
    managed: !all(it, 'target').some((target) => own(target, 'managed') === 'no'),
    alias: attribute(it, 'alias', 'name'),
    bridge: attribute(actual, 'source', 'bridge') ?? attribute(it, 'source', 'bridge'),
    network: attribute(it, 'source', 'network'),
    libvirtVlan: vlans.length > 0,
    libvirtVlans: vlans.length === 0 ? null : vlansOf(vlans),
    hasFilterRef: all(it, 'filterref').length > 0,
    hasHostAddress: all(it, 'source').some((source) => all(source, 'ip').length > 0),
  };
}

function statusOf(root: Node): GuestStatus {
  const job = attribute(root, 'job', 'async');
  return {
    state: own(root, 'state') ?? '',
    reason: own(root, 'reason') ?? '',
    job: job === 'none' ? null : job,
    phase: attribute(root, 'job', 'phase'),
  };
}

function vlansOf(vlans: readonly Node[]): LibvirtVlans {
  const tags = vlans.flatMap((vlan) => all(vlan, 'tag')).filter((tag) => /^\d+$/.test(own(tag, 'id') ?? ''));
  return {
    trunk: vlans[0] !== undefined && own(vlans[0], 'trunk') === 'yes',
    tags: tags.map((tag) => ({ id: Number(own(tag, 'id')), native: null })),
  };
}

function typeOf(it: Node): string {
  const actual = child(it, 'actual');
  return (actual && own(actual, 'type')) || own(it, 'type') || '';
}

function diskOf(it: Node): DomainDisk {
  const [source] = all(it, 'source').flatMap(
    (of) =>
      ['file', 'dev', 'dir', 'volume', 'name'].map((key) => own(of, key)).find((text) => text !== null) ?? [],
  );
  return {
    type: own(it, 'type') ?? '',
    dev: attribute(it, 'target', 'dev'),
    format: attribute(it, 'driver', 'type'),
    source: source ?? null,
  };
}

function listOf(domain: Node, namespace: string, name: string): MetadataPort[] | null {
  const nodes = all(domain, 'metadata').flatMap(({ children }) => children);
  const list = nodes.find(({ uri, local }) => uri === namespace && local === name);
  if (list === undefined) return null;
  return list.children.map(({ local, attributes }) => ({
    element: local,
    attributes: Object.fromEntries(
      Object.values(attributes)
        .filter(({ uri }) => uri !== 'http://www.w3.org/2000/xmlns/')
        .map(({ local: key, value }) => [key, value]),
    ),
  }));
}

/** The first such attribute of the children of a name. */
function attribute(of: Node, name: string, key: string): string | null {
  return (
    all(of, name)
      .map((it) => own(it, key))
      .find((value) => value !== null) ?? null
  );
}

function own({ attributes }: Node, key: string): string | null {
  return attributes[key]?.value ?? null;
}

function all({ children }: Node, wanted: string): Node[] {
  return children.filter(({ name }) => name === wanted);
}

function child(of: Node, wanted: string): Node | undefined {
  return all(of, wanted)[0];
}

function tree(xml: string): Node {
  const top: Node = { name: '', local: '', uri: '', attributes: {}, children: [], text: '' };
  const open = [top];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, local, uri, attributes }) => {
    const node: Node = { name, local, uri, attributes, children: [], text: '' };
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  const add = (text: string): void => open.forEach((node) => (node.text += text));
  parser.on('text', add);
  parser.on('cdata', add);
  parser.on('closetag', () => void open.pop());
  parser.write(xml).close();
  const [root] = top.children;
  if (root === undefined) throw new Error('no root');
  return root;
}
