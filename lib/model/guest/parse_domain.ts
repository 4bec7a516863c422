import { KnownError } from '../known_error';
import type { Domain, DomainDisk } from './domain';
import { InterfaceReader } from './interface_reader';
import { MetadataReader } from './metadata_reader';
import type { Namespaces } from './namespaces';
import type { GuestStatus } from './presence';
import { scanXml, type XmlHandler, type XmlTag } from './scan_xml';
import { ALL, NONE, only, type Wanted } from './wanted';
import { XmlError } from './xml_error';

export interface ParseOptions {
  /**
   * Metadata must be well-formed too, as for XML that libvirt is going to read. Otherwise it may be what libvirt
   * writes, see scanXml.
   */
  readonly isStrict?: boolean;
  /** Leave the disks out, which takes a third of the time. */
  readonly withoutDisks?: boolean;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The guest that an XML describes: the input of a hook, the output of `virsh dumpxml`, or a status file of libvirt
 * (`<domstatus>`). Only the guest's own elements are read, not those nested deeper, such as the backing chain of a
 * disk. Metadata never hides the rest: a list in it that cannot be read is part of the result (`metadataProblem`,
 * `nicsProblem`).
 * Throws KnownError if the XML is not well-formed, or does not hold exactly one domain.
 */
export function parseDomain(xml: string, options: ParseOptions = {}): Domain {
  const reader = new DomainReader(options.withoutDisks === true ? IN_DEVICES_LESS_DISKS : IN_DEVICES);
  try {
    scanXml(xml, reader, options.isStrict);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw new KnownError(
      `the domain XML is not well-formed: ${error.message}`,
      'Check the output of `virsh dumpxml`.',
    );
  }
  return reader.domain();
}

const IN_STATUS = only('domain', 'job');
const IN_DOMAIN = only('name', 'uuid', 'metadata', 'devices');
const IN_DEVICES = only('interface', 'disk');
const IN_DEVICES_LESS_DISKS = only('interface');
const IN_INTERFACE = only('mac', 'target', 'alias', 'source', 'vlan', 'tag', 'actual', 'filterref');
const IN_SOURCE = only('ip');
const IN_DISK = only('target', 'driver', 'source');

class DomainReader implements XmlHandler {
  /** The names of the open elements. */
  private readonly path: string[] = [];
  /** Depth of the open domain element: 1, or 2 in a status file; 0: it is not open. */
  private depth = 0;
  /** How many domain elements there are. */
  private count = 0;
  private status: GuestStatus | null = null;
  private readonly texts = new Map<string, string>();
  /** The element that the text at this place belongs to: name or uuid. */
  private textOf: string | null = null;
  private readonly interfaces = new InterfaceReader();
  private readonly disks: Writable<DomainDisk>[] = [];
  private readonly ports = new MetadataReader('urn:kvmvlan:ports:1', 'ports');
  private readonly nics = new MetadataReader('urn:kvmvlan:nics:1', 'nics');

  /** @param devices which devices are wanted */
  constructor(private readonly devices: Wanted) {}

  isMetadata(name: string): boolean {
    return name === 'metadata' && this.depth > 0 && this.path.length === this.depth;
  }

  open(tag: XmlTag, names: Namespaces): Wanted {
    const { path } = this;
    path.push(tag.name);
    if (this.depth === 0) return this.openOutside(tag);
    const section = path[this.depth] ?? '';
    const deep = path.length - this.depth;
    if (section === 'devices') return deep === 1 ? this.devices : this.openDevice(tag, deep);
    if (section === 'metadata') {
      if (deep > 1) for (const list of [this.ports, this.nics]) list.open(tag, names, deep - 1);
      return ALL;
    }
    if (deep > 1) return ALL;
    if (this.texts.has(section)) return NONE;
    this.texts.set(section, '');
    this.textOf = section;
    return ALL;
  }

  close(end: number): void {
    const deep = this.path.length - this.depth;
    if (this.depth > 0 && deep > 1 && this.path[this.depth] === 'metadata')
      for (const list of [this.ports, this.nics]) list.close(deep - 1, end);
    if (deep === 1) this.textOf = null;
    if (deep === 0) this.depth = 0;
    this.path.pop();
  }

  text(text: string): void {
    if (this.textOf !== null) this.texts.set(this.textOf, (this.texts.get(this.textOf) ?? '') + text);
  }

  domain(): Domain {
    if (this.count !== 1)
      throw new KnownError(
        this.count === 0 ? 'the XML has no <domain>' : 'the XML has more than one <domain>',
        'Give the XML of a guest, as `virsh dumpxml` prints it.',
      );
    return {
      name: this.texts.get('name') ?? '',
      uuid: this.texts.get('uuid')?.trim().toLowerCase() ?? null,
      interfaces: this.interfaces.interfaces(),
      disks: this.disks,
      metadata: this.ports.elements,
      metadataProblem: this.ports.problem,
      nics: this.nics.elements,
      nicsProblem: this.nics.problem,
      status: this.status,
    };
  }

  private openOutside({ name, attributes }: XmlTag): Wanted {
    if (name === 'domstatus') {
      this.status = statusOf(attributes);
      return IN_STATUS;
    }
    if (name === 'job') this.status &&= { ...this.status, ...jobOf(attributes) };
    if (name !== 'domain') return NONE;
    this.depth = this.path.length;
    this.count++;
    return IN_DOMAIN;
  }

  /** @param deep 2: the element is a device; more: it is in one */
  private openDevice({ name, attributes }: XmlTag, deep: number): Wanted {
    if (this.path[this.depth + 1] === 'interface') {
      if (deep === 2) this.interfaces.open(attributes);
      else this.interfaces.openPart(this.path, this.depth + 2, attributes);
      if (name === 'source') return IN_SOURCE;
      return deep === 2 || name === 'actual' || name === 'vlan' ? IN_INTERFACE : NONE;
    }
    const disk = this.disks.at(-1);
    if (deep === 2)
      this.disks.push({ type: attributes.get('type') ?? '', dev: null, source: null, format: null });
    else if (disk !== undefined) readDiskPart(disk, name, attributes);
    return deep === 2 ? IN_DISK : NONE;
  }
}

function statusOf(at: ReadonlyMap<string, string>): GuestStatus | null {
  const state = at.get('state');
  return state === undefined ? null : { state, reason: at.get('reason') ?? '', job: null, phase: null };
}

/** Source: qemu_domain.c qemuDomainObjPrivateXMLFormatJob. A short job alone, such as `modify`, has `async='none'`. */
function jobOf(at: ReadonlyMap<string, string>): Pick<GuestStatus, 'job' | 'phase'> {
  const job = at.get('async') ?? 'none';
  return { job: job === 'none' ? null : job, phase: at.get('phase') ?? null };
}

function readDiskPart(
  disk: Writable<DomainDisk>,
  element: string | undefined,
  at: ReadonlyMap<string, string>,
): void {
  if (element === 'target') disk.dev ??= at.get('dev') ?? null;
  if (element === 'driver') disk.format ??= at.get('type') ?? null;
  if (element === 'source') disk.source ??= sourceOf(at);
}

function sourceOf(at: ReadonlyMap<string, string>): string | null {
  return at.get('file') ?? at.get('dev') ?? at.get('dir') ?? at.get('volume') ?? at.get('name') ?? null;
}
