import type { MetadataPort, MetadataProblem } from './domain';
import type { Namespaces } from './namespaces';
import type { XmlTag } from './scan_xml';

/** The namespace of the ports element in a guest's metadata. */
export const PORTS_NAMESPACE = 'urn:kvmvlan:ports:1';

/** Maximum length of a ports element in characters of the XML. No guest needs that many; longer ones are a mistake. */
export const MAX_PORTS_LENGTH = 64 * 1024;
/** Maximum number of elements in it. */
export const MAX_PORTS = 256;

/** Collects the content of the ports element in a guest's metadata. */
export class MetadataReader {
  /** null: there is no ports element. */
  ports: MetadataPort[] | null = null;
  problem: MetadataProblem | null = null;
  /** Offset of the ports element that is being read; null: none is. */
  private start: number | null = null;

  /** An element begins. @param depth 1: a child of the metadata element */
  open(tag: XmlTag, names: Namespaces, depth: number): void {
    if (depth === 1) this.openChild(tag, names);
    else if (this.start !== null) {
      this.checkLength(tag.end);
      if (depth === 2) this.openPort(tag, names);
    }
  }

  /** An element ends. @param end the offset after it */
  close(depth: number, end: number): void {
    if (this.start === null) return;
    this.checkLength(end);
    if (depth === 1) this.start = null;
  }

  private openChild(tag: XmlTag, names: Namespaces): void {
    const { uri, local } = names.ofElement(tag.name);
    if (uri !== PORTS_NAMESPACE) return;
    if (local !== 'ports') this.fail({ code: 'unknown-element', element: local });
    else if (this.ports !== null) this.fail({ code: 'twice' });
    else {
      this.ports = [];
      this.start = tag.start;
      this.checkLength(tag.end);
    }
  }

  private openPort(tag: XmlTag, names: Namespaces): void {
    if (this.problem !== null || this.ports === null) return;
    if (this.ports.length === MAX_PORTS) return this.fail({ code: 'too-many', limit: MAX_PORTS });
    // `virsh metadata` puts all elements into the namespace; in XML from an editor it may be only the outer one.
    const { uri, local } = names.ofElement(tag.name);
    const isOwn = uri === PORTS_NAMESPACE || uri === '';
    const element = isOwn ? local : tag.name.includes(':') ? tag.name : `{${uri}}${tag.name}`;
    this.ports.push({ element, attributes: ownAttributes(tag.attributes, names) });
  }

  private checkLength(end: number): void {
    if (this.start !== null && end - this.start > MAX_PORTS_LENGTH)
      this.fail({ code: 'too-long', limit: MAX_PORTS_LENGTH });
  }

  private fail(problem: MetadataProblem): void {
    this.problem ??= problem;
    this.ports = [];
  }
}

/** The attributes, without namespace declarations. */
function ownAttributes(all: ReadonlyMap<string, string>, names: Namespaces): Record<string, string> {
  const own: [string, string][] = [];
  for (const [name, value] of all) {
    if (name === 'xmlns' || name.startsWith('xmlns:')) continue;
    const { uri, local } = names.ofAttribute(name);
    own.push([uri === PORTS_NAMESPACE && !all.has(local) ? local : name, value]);
  }
  // Not by assignment: an attribute may be called __proto__.
  return Object.fromEntries(own);
}
