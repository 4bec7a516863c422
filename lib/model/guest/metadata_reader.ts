import type { MetadataPort, MetadataProblem } from './domain';
import type { Namespaces } from './namespaces';
import type { XmlTag } from './scan_xml';

/** Maximum length of a list in characters of the XML. No guest needs that many; longer ones are a mistake. */
const MAX_LENGTH = 64 * 1024;
/** Maximum number of elements in it. */
const MAX_ELEMENTS = 256;

/** Collects the elements of one list in a guest's metadata, such as `<ports xmlns='urn:kvmvlan:ports:1'>`. */
export class MetadataReader {
  /** null: there is no such list. */
  elements: MetadataPort[] | null = null;
  problem: MetadataProblem | null = null;
  /** Offset of the list if it is being read; null: it is not. */
  private start: number | null = null;

  /**
   * @param namespace only lists use it
   * @param list the name of the list's element
   */
  constructor(
    private readonly namespace: string,
    private readonly list: string,
  ) {}

  /** An element begins. @param depth 1: a child of the metadata element */
  open(tag: XmlTag, names: Namespaces, depth: number): void {
    if (depth === 1) this.openChild(tag, names);
    else if (this.start !== null) {
      this.checkLength(tag.end);
      if (depth === 2) this.openElement(tag, names);
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
    if (uri !== this.namespace) return;
    if (local !== this.list) this.fail({ code: 'unknown-element', element: local });
    else if (this.elements !== null) this.fail({ code: 'twice' });
    else {
      this.elements = [];
      this.start = tag.start;
      this.checkLength(tag.end);
    }
  }

  private openElement(tag: XmlTag, names: Namespaces): void {
    if (this.problem !== null || this.elements === null) return;
    if (this.elements.length === MAX_ELEMENTS) return this.fail({ code: 'too-many', limit: MAX_ELEMENTS });
    // `virsh metadata` puts all elements into the namespace; in XML from an editor it may be only the outer one.
    const { uri, local } = names.ofElement(tag.name);
    const isOwn = uri === this.namespace || uri === '';
    const element = isOwn ? local : tag.name.includes(':') ? tag.name : `{${uri}}${tag.name}`;
    this.elements.push({ element, attributes: ownAttributes(tag.attributes, names, this.namespace) });
  }

  private checkLength(end: number): void {
    if (this.start !== null && end - this.start > MAX_LENGTH)
      this.fail({ code: 'too-long', limit: MAX_LENGTH });
  }

  private fail(problem: MetadataProblem): void {
    this.problem ??= problem;
    this.elements = [];
  }
}

/** The attributes, without namespace declarations. */
function ownAttributes(
  all: ReadonlyMap<string, string>,
  names: Namespaces,
  namespace: string,
): Record<string, string> {
  const own: [string, string][] = [];
  for (const [name, value] of all) {
    if (name === 'xmlns' || name.startsWith('xmlns:')) continue;
    const { uri, local } = names.ofAttribute(name);
    own.push([uri === namespace && !all.has(local) ? local : name, value]);
  }
  // Not by assignment: an attribute may be called __proto__.
  return Object.fromEntries(own);
}
