import { XmlError } from './xml_error';

const XML = 'http://www.w3.org/XML/1998/namespace';
const XMLNS = 'http://www.w3.org/2000/xmlns/';

/** A resolved name: `k:port`, where `k` is bound to `urn:x`, is `port` in `urn:x`. */
export interface QName {
  readonly uri: string;
  readonly local: string;
}

/**
 * The namespace bindings at one place of an XML text (Namespaces in XML 1.0).
 *
 * In tolerant mode it does what libxml2 does with namespace errors, which it reports and then ignores: a name with an
 * unbound prefix is one name without a namespace, and a forbidden declaration has no effect (parser.c xmlParseQName,
 * xmlParseStartTag2; SAX2.c xmlSAX2StartElementNs).
 */
export class Namespaces {
  /** URIs by prefix, the innermost last. */
  private readonly uris = new Map<string, string[]>([
    ['xml', [XML]],
    ['xmlns', [XMLNS]],
  ]);
  /** The declarations of all open elements, the innermost last. */
  private readonly declared: { readonly depth: number; readonly prefix: string }[] = [];

  /**
   * An element begins. Elements without `:` in a name and without the attribute `xmlns` need not be passed. Throws
   * XmlError for a namespace error, unless tolerant.
   *
   * @param depth the depth of the element, from 1
   */
  open(depth: number, name: string, attributes: ReadonlyMap<string, string>, isTolerant: boolean): void {
    for (const [key, uri] of attributes) {
      const prefix = key === 'xmlns' ? '' : key.startsWith('xmlns:') ? key.slice(6) : null;
      if (prefix === null) continue;
      const wrong = whyNotDeclared(prefix, uri);
      if (wrong !== null && !isTolerant) throw new XmlError(wrong);
      if (wrong !== null) continue;
      this.declared.push({ depth, prefix });
      const uris = this.uris.get(prefix);
      if (uris === undefined) this.uris.set(prefix, [uri]);
      else uris.push(uri);
    }
    if (!isTolerant) this.check(name, attributes);
  }

  /** The element at that depth ends. */
  close(depth: number): void {
    for (let last = this.declared.at(-1); last?.depth === depth; last = this.declared.at(-1)) {
      this.uris.get(last.prefix)?.pop();
      this.declared.pop();
    }
  }

  ofElement(name: string): QName {
    return this.resolve(name) ?? { uri: name.includes(':') ? '' : this.uriOf(''), local: name };
  }

  /** An attribute without a prefix has no namespace. */
  ofAttribute(name: string): QName {
    return this.resolve(name) ?? { uri: '', local: name };
  }

  /** null: no prefix, or an unbound one. */
  private resolve(name: string): QName | null {
    const colon = name.indexOf(':');
    if (colon <= 0 || colon === name.length - 1) return null;
    const uri = this.uriOf(name.slice(0, colon));
    return uri === '' ? null : { uri, local: name.slice(colon + 1) };
  }

  private uriOf(prefix: string): string {
    return this.uris.get(prefix)?.at(-1) ?? '';
  }

  private check(name: string, attributes: ReadonlyMap<string, string>): void {
    this.checkName(name);
    if (name.startsWith('xmlns:')) throw new XmlError(`<${name}> has a prefix that is reserved`);
    let seen: Set<string> | undefined;
    for (const key of attributes.keys()) {
      if (!key.includes(':')) continue;
      this.checkName(key);
      const { uri, local } = this.ofAttribute(key);
      const full = `${uri}\n${local}`;
      seen ??= new Set();
      if (seen.has(full)) throw new XmlError(`attribute ${key} twice`);
      seen.add(full);
    }
  }

  private checkName(name: string): void {
    if (!name.includes(':')) return;
    if (/^:|:$|:.*:/.test(name)) throw new XmlError(`malformed name ${name}`);
    if (this.resolve(name) === null) throw new XmlError(`the prefix of ${name} is not bound`);
  }
}

/** Why a declaration is forbidden; null: it is allowed. */
function whyNotDeclared(prefix: string, uri: string): string | null {
  if (prefix === 'xmlns' || uri === XMLNS) return 'the prefix xmlns and its namespace may not be declared';
  if ((prefix === 'xml') !== (uri === XML)) return 'the prefix xml and its namespace belong together';
  if (prefix !== '' && uri === '') return `the prefix ${prefix} is bound to an empty URI`;
  return prefix.includes(':') ? `malformed name xmlns:${prefix}` : null;
}
