import { scanXml, type XmlHandler, type XmlTag } from './scan_xml';
import { NONE, only, type Wanted } from './wanted';

/** Offsets of an interface in the XML of a guest: from the `<` of its start tag to after its end tag. */
export interface InterfaceText {
  readonly start: number;
  /** After the `>` of its start tag. */
  readonly startTagEnd: number;
  readonly end: number;
}

/** Where the interfaces of a guest are in its XML, in document order. Throws XmlError if it is not well-formed. */
export function findInterfaces(xml: string): InterfaceText[] {
  const finder = new InterfaceFinder();
  scanXml(xml, finder);
  return finder.found;
}

const INTERFACE = 'domain/devices/interface';

/** The children of an element that lead to an interface, by its path. */
const CHILDREN: Readonly<Record<string, Wanted>> = {
  domstatus: only('domain'),
  domain: only('devices', 'metadata'),
  'domain/devices': only('interface'),
};

class InterfaceFinder implements XmlHandler {
  readonly found: InterfaceText[] = [];
  private readonly path: string[] = [];
  private last: XmlTag | null = null;

  isMetadata(name: string): boolean {
    return name === 'metadata' && this.where() === 'domain';
  }

  open(tag: XmlTag): Wanted {
    this.path.push(tag.name);
    const where = this.where();
    if (where === INTERFACE) this.last = tag;
    return CHILDREN[where] ?? NONE;
  }

  close(end: number): void {
    if (this.last !== null && this.where() === INTERFACE)
      this.found.push({ start: this.last.start, startTagEnd: this.last.end, end });
    this.path.pop();
  }

  text(): void {
    // Only offsets matter.
  }

  /** The path of open elements; the domain is the root or a child of `<domstatus>`. */
  private where(): string {
    return this.path.join('/').replace(/^domstatus\//, '');
  }
}
