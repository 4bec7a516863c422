import { cutText } from '../../text/cut_text';
import { Namespaces } from './namespaces';
import { ALL, NONE, type Wanted } from './wanted';
import { XmlError } from './xml_error';
import { endOfName } from './xml_names';
import { expand, forbiddenAt } from './xml_text';

/** A start tag. */
export interface XmlTag {
  /** As it is written, with its prefix. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Offset of its `<`, and offset after its `>`. */
  readonly start: number;
  readonly end: number;
}

/** Receives what an XML text holds, in document order. */
export interface XmlHandler {
  /**
   * An element begins. `names` resolves prefixes at this place, and is valid during this call only. Returns which of its
   * children are to be reported; the others, and what is in them, are not.
   */
  open(tag: XmlTag, names: Namespaces): Wanted;
  /** The innermost element ends. @param end the offset after its end tag */
  close(end: number): void;
  /** Text of the innermost element, in pieces; only if all of its children are wanted. */
  text(text: string): void;
  /** Whether an element, its start tag included, is metadata that libvirt copied from somebody else's XML. */
  isMetadata(name: string): boolean;
}

/** libvirt reads with libxml2, which allows 256 levels, and 2048 at most (xmlParserMaxDepth). */
const MAX_DEPTH = 2048;

const DECLARATION =
  /<\?xml\s+version\s*=\s*(['"])1\.[0-9]+\1(\s+encoding\s*=\s*(['"])[A-Za-z][\w.-]*\3)?(\s+standalone\s*=\s*(['"])(yes|no)\5)?\s*\?>/y;

/**
 * The only XML reader of kvmvlan. Reads a text once, from start to end, in linear time. Document types are refused, so the
 * only entities are those of XML itself. Throws XmlError, which names the line, if the text is not well-formed XML 1.0
 * with namespaces; the calls made until then must be ignored.
 *
 * Metadata is the one part of libvirt's XML that libvirt does not write itself. It copies the tree that libxml2 has read,
 * and libxml2 then writes text that is not always XML: `<` in the URI of a namespace is not escaped, a reference to an
 * entity stays although its document type is gone, and namespace errors are accepted (tree.c xmlNsDumpOutput,
 * xmlNodeDumpOutputInternal). A guest must not be able to hide its interfaces this way, so all of it is accepted there.
 *
 * @param isStrict metadata must be well-formed too; only namespace errors are accepted there
 */
export function scanXml(xml: string, handler: XmlHandler, isStrict = false): void {
  const scanner = new Scanner(xml, handler, isStrict);
  try {
    scanner.run();
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    const line = xml.slice(0, scanner.at).split('\n').length;
    throw new XmlError(cutText(`line ${line}: ${error.message}`));
  }
}

/** An attribute as libvirt and libxml2 write it. Others are read step by step. */
const PLAIN_ATTRIBUTE = / (?!xmlns)([A-Za-z][\w.-]*)=(?:'([^'<&\t\n\r]*)'|"([^"<&\t\n\r]*)")/y;

class Scanner {
  /** Everything before this offset has been read. */
  at = 0;
  /** The names of the elements that are open. */
  private readonly path: string[] = [];
  private readonly names = new Namespaces();
  private hasRoot = false;
  /** Depth of the metadata element around this place; 0: none. */
  private metadata = 0;
  /** What the handler wants of each open element that was reported to it. */
  private readonly wanted: Wanted[] = [];
  /** Depth of the element around this place that the handler does not want; 0: none. */
  private unwanted = 0;
  /** The attributes of an element that the handler does not want. */
  private readonly scratch = new Map<string, string>();
  private readonly amp: Next;
  private readonly tab: Next;
  private readonly newline: Next;
  private readonly carriageReturn: Next;
  private readonly cdataEnd: Next;

  constructor(
    private readonly xml: string,
    private readonly handler: XmlHandler,
    private readonly isStrict: boolean,
  ) {
    this.amp = new Next(xml, '&');
    this.tab = new Next(xml, '\t');
    this.newline = new Next(xml, '\n');
    this.carriageReturn = new Next(xml, '\r');
    this.cdataEnd = new Next(xml, ']]>');
  }

  run(): void {
    const { xml } = this;
    const forbidden = forbiddenAt(xml);
    if (forbidden >= 0) {
      this.at = forbidden;
      throw new XmlError(`disallowed character U+${hex(xml.charCodeAt(forbidden))}`);
    }
    if (xml.startsWith('\uFEFF')) this.at = 1;
    DECLARATION.lastIndex = this.at;
    if (DECLARATION.test(xml)) this.at = DECLARATION.lastIndex;
    while (this.at < xml.length) {
      this.skipPlainElements();
      const next = xml.indexOf('<', this.at);
      const end = next < 0 ? xml.length : next;
      if (end > this.at) this.text(end);
      this.at = end;
      if (end < xml.length) this.markup(xml.charCodeAt(end + 1));
    }
    const open = this.path.at(-1);
    if (open !== undefined) throw new XmlError(`<${open}> has no end tag`);
    if (!this.hasRoot) throw new XmlError('there is no element');
  }

  private text(end: number): void {
    const { xml, at } = this;
    if (this.path.length === 0) {
      if (/[^ \t\r\n]/.test(xml.slice(at, end))) throw new XmlError('text outside of the root element');
      return;
    }
    if (this.cdataEnd.isWithin(at, end)) throw new XmlError('"]]>" in text');
    const text = this.lines(at, end);
    const expanded = this.amp.isWithin(at, end) ? expand(text, this.isTolerant()) : text;
    if (this.isTextWanted()) this.handler.text(expanded);
  }

  private markup(code: number): void {
    if (code === SLASH) this.endTag();
    else if (code === EXCLAMATION) this.declaration();
    else if (code === QUESTION) this.instruction();
    else this.startTag();
  }

  private startTag(): void {
    const { xml, path, handler } = this;
    const start = this.at;
    let at = endOfName(xml, start + 1);
    const name = xml.slice(start + 1, at);
    if (name === '') throw new XmlError('unexpected "<"');
    if (path.length === 0 && this.hasRoot) throw new XmlError(`a second root element <${name}>`);
    if (path.length >= MAX_DEPTH) throw new XmlError(`elements are nested deeper than ${MAX_DEPTH}`);
    if (this.unwanted === 0 && this.wanted.at(-1)?.has(name) === false) this.unwanted = path.length + 1;
    if (this.metadata === 0 && this.unwanted === 0 && handler.isMetadata(name))
      this.metadata = path.length + 1;
    let attributes: Map<string, string> | undefined;
    let isQualified = name.includes(':');
    for (;;) {
      const code = xml.charCodeAt(at);
      if (code === GREATER || code === SLASH) break;
      attributes ??= this.newAttributes();
      PLAIN_ATTRIBUTE.lastIndex = at;
      const plain = PLAIN_ATTRIBUTE.exec(xml);
      if (plain === null) {
        at = this.attribute(at, attributes);
        isQualified = true;
      } else {
        this.add(attributes, plain[1] ?? '', plain[2] ?? plain[3] ?? '');
        at = PLAIN_ATTRIBUTE.lastIndex;
      }
    }
    const isEmpty = xml.charCodeAt(at) === SLASH;
    if (isEmpty && xml.charCodeAt(++at) !== GREATER)
      throw new XmlError(`unexpected "/" in the start tag of <${name}>`);
    const end = at + 1;
    this.hasRoot = true;
    path.push(name);
    if (isQualified) this.names.open(path.length, name, attributes ?? NO_ATTRIBUTES, this.metadata > 0);
    this.at = end;
    if (this.unwanted === 0)
      this.wanted.push(
        handler.open({ name, attributes: attributes ?? NO_ATTRIBUTES, start, end }, this.names),
      );
    if (isEmpty) this.close();
  }

  private newAttributes(): Map<string, string> {
    if (this.unwanted === 0) return new Map<string, string>();
    this.scratch.clear();
    return this.scratch;
  }

  /** Reads white space and the attribute after it, if there is one. Returns the offset after it. */
  private attribute(before: number, attributes: Map<string, string>): number {
    const { xml } = this;
    const start = this.afterSpace(before);
    if (start > before && (xml.charCodeAt(start) === GREATER || xml.charCodeAt(start) === SLASH))
      return start;
    if (start >= xml.length) throw new XmlError('the text ends in a start tag');
    if (start === before) throw new XmlError('unexpected character in a start tag');
    const nameEnd = endOfName(xml, start);
    const name = xml.slice(start, nameEnd);
    if (name === '') throw new XmlError('unexpected character in a start tag');
    const equals = this.afterSpace(nameEnd);
    if (xml.charCodeAt(equals) !== EQUALS) throw new XmlError(`attribute ${name} has no value`);
    const open = this.afterSpace(equals + 1);
    const quote = xml.charAt(open);
    if (quote !== '"' && quote !== "'") throw new XmlError(`the value of attribute ${name} is not in quotes`);
    const close = xml.indexOf(quote, open + 1);
    if (close < 0) throw new XmlError(`the value of attribute ${name} has no closing quote`);
    const raw = xml.slice(open + 1, close);
    if (!this.isTolerant() && raw.includes('<')) throw new XmlError(`"<" in the value of attribute ${name}`);
    const value = this.hasLineOrTab(open, close) ? raw.replace(/\r\n|[\t\n\r]/g, ' ') : raw;
    this.add(attributes, name, this.amp.isWithin(open, close) ? expand(value, this.isTolerant()) : value);
    return close + 1;
  }

  private add(attributes: Map<string, string>, name: string, value: string): void {
    if (attributes.has(name)) throw new XmlError(`attribute ${name} twice`);
    attributes.set(name, value);
  }

  private endTag(): void {
    const { xml } = this;
    const start = this.at + 2;
    const open = this.path.at(-1);
    let end = start + (open?.length ?? 0);
    if (open === undefined || !xml.startsWith(open, start) || xml.charCodeAt(end) !== GREATER) {
      const nameEnd = endOfName(xml, start);
      const name = xml.slice(start, nameEnd);
      if (open === undefined) throw new XmlError(`</${name}> has no start tag`);
      if (name !== open) throw new XmlError(`</${name}> where </${open}> is expected`);
      end = this.afterSpace(nameEnd);
      if (xml.charCodeAt(end) !== GREATER) throw new XmlError(`</${name} has no ">"`);
    }
    this.at = end + 1;
    this.close();
  }

  private close(): void {
    const depth = this.path.length;
    if (this.metadata === depth) this.metadata = 0;
    this.path.pop();
    this.names.close(depth);
    if (this.unwanted === 0) {
      this.wanted.pop();
      this.handler.close(this.at);
    } else if (this.unwanted === depth) this.unwanted = 0;
  }

  /** A comment or a CDATA section. Nothing else that starts with `<!` is accepted. */
  private declaration(): void {
    const { xml, at } = this;
    if (xml.startsWith('<!--', at)) {
      const end = xml.indexOf('--', at + 4);
      if (end < 0 || xml.charCodeAt(end + 2) !== GREATER) throw new XmlError('malformed comment');
      this.at = end + 3;
    } else if (xml.startsWith('<![CDATA[', at) && this.path.length > 0) {
      const end = xml.indexOf(']]>', at + 9);
      if (end < 0) throw new XmlError('CDATA section without end');
      if (this.isTextWanted()) this.handler.text(this.lines(at + 9, end));
      this.at = end + 3;
    } else if (xml.startsWith('<!DOCTYPE', at))
      throw new XmlError('document types (<!DOCTYPE) are not accepted');
    else throw new XmlError('unexpected "<!"');
  }

  private instruction(): void {
    const { xml, at } = this;
    const nameEnd = endOfName(xml, at + 2);
    const name = xml.slice(at + 2, nameEnd);
    const end = xml.indexOf('?>', nameEnd);
    const isSpaced = end === nameEnd || this.afterSpace(nameEnd) > nameEnd;
    const isMalformed = name === '' || !isSpaced || (name.includes(':') && this.metadata === 0);
    if (end < 0 || isMalformed) throw new XmlError('malformed processing instruction');
    if (name.toLowerCase() === 'xml')
      throw new XmlError('the XML declaration is malformed or not at the start');
    this.at = end + 2;
  }

  /** Skips elements that the handler does not want, as far as one expression can. */
  private skipPlainElements(): void {
    const plain = this.unwanted > 0 ? NONE.others : this.wanted.at(-1)?.others;
    if (plain === null || plain === undefined || this.path.length + 2 > MAX_DEPTH) return;
    plain.lastIndex = this.at;
    if (plain.test(this.xml)) this.at = plain.lastIndex;
  }

  private isTextWanted(): boolean {
    return this.unwanted === 0 && this.wanted.at(-1) === ALL;
  }

  private afterSpace(from: number): number {
    let at = from;
    while (isSpace(this.xml.charCodeAt(at))) at++;
    return at;
  }

  private hasLineOrTab(from: number, to: number): boolean {
    return (
      this.newline.isWithin(from, to) || this.tab.isWithin(from, to) || this.carriageReturn.isWithin(from, to)
    );
  }

  /** A part of the text with its line ends normalised (XML 1.0, section 2.11). */
  private lines(from: number, to: number): string {
    const text = this.xml.slice(from, to);
    return this.carriageReturn.isWithin(from, to) ? text.replace(/\r\n?/g, '\n') : text;
  }

  private isTolerant(): boolean {
    return this.metadata > 0 && !this.isStrict;
  }
}

/** The next occurrence of a word. Each part of the text is searched only once, so reading stays linear. */
class Next {
  private found = -1;
  constructor(
    private readonly text: string,
    private readonly word: string,
  ) {}

  /** Whether the word starts in a part of the text. Parts must be asked for in ascending order. */
  isWithin(from: number, to: number): boolean {
    if (this.found < from) {
      const found = this.text.indexOf(this.word, from);
      this.found = found < 0 ? Infinity : found;
    }
    return this.found < to;
  }
}

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();
const EXCLAMATION = 0x21;
const SLASH = 0x2f;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const QUESTION = 0x3f;

/** White space as XML defines it; that of JavaScript is more. */
function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d;
}

function hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, '0');
}
