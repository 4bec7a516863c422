import fc from 'fast-check';

const name = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('a', 'domain', 'name', 'metadata', 'x-y.z_1', 'é', '日本', '_', 'A1'),
  },
  { weight: 1, arbitrary: fc.constantFrom('k:a', 'k:ports', 'p:q', 'xml:lang', '𐀀') },
);
const space = fc.constantFrom(' ', '\n', '\t', '  \n ', ' ');
const anySpace = fc.constantFrom('', '', ' ', '\n', '\r\n', '\t');
const reference = fc.constantFrom(
  '&lt;',
  '&gt;',
  '&amp;',
  '&quot;',
  '&apos;',
  '&#65;',
  '&#x9;',
  '&#10;',
  '&#x1F600;',
);
const plain = fc.constantFrom(
  'x',
  'a b',
  '>',
  '"',
  "'",
  'ü🙂',
  '\n',
  '\t',
  '\r\n',
  '\r',
  ' ',
  ']',
  ']]',
  '-',
  '--',
  '/',
  '=',
);

const value = fc
  .tuple(fc.array(fc.oneof(plain, reference), { maxLength: 4 }), fc.constantFrom('"', "'"))
  .map(([parts, quote]) => {
    const text = parts.join('').replaceAll(quote, '');
    return `${quote}${text}${quote}`;
  });

const attribute = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(name, anySpace, anySpace, value) },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom('xmlns', 'xmlns:k', 'xmlns:p'),
      anySpace,
      anySpace,
      fc.constantFrom("'u'", '"v"'),
    ),
  },
);

const attributes = fc
  .uniqueArray(fc.tuple(space, attribute), { selector: ([, [key]]) => key, maxLength: 3 })
  .map((list) =>
    list.map(([before, [key, left, right, text]]) => `${before}${key}${left}=${right}${text}`).join(''),
  );

const comment = fc.constantFrom('<!---->', '<!-- a > < & - b -->', '<?pi?>', '<?pi <a>&b; ?>', '<?p-1 ?>');
/** Sections of CDATA, each a letter of private use until all text is put together: it must not have their end in it. */
const CDATA = ['<![CDATA[]]>', '<![CDATA[<a>&b;]] >]]>', '<![CDATA[\r\n]]]>'];
const cdata = fc.constantFrom(...CDATA.keys()).map((index) => String.fromCharCode(0xe000 + index));

/** An element with anything in it, well-formed less its prefixes: those may be declared nowhere. */
const element: fc.Arbitrary<string> = fc.letrec<{ element: string }>((tie) => ({
  element: fc
    .record({
      name,
      attributes,
      space: anySpace,
      children: fc.array(
        fc.oneof(
          { maxDepth: 3, depthSize: 'small' },
          plain.map((text) => text.replace(']]', ']')),
          reference,
          comment,
          cdata,
          tie('element'),
          tie('element'),
        ),
        { maxLength: 5 },
      ),
    })
    .map(({ name: tag, attributes: own, space: end, children }) =>
      children.length === 0
        ? `<${tag}${own}${end}/>`
        : // Neighbours must not make a "]]>" of it.
          `<${tag}${own}${end}>${children.join('').replaceAll(']]>', ']>')}</${tag}${end}>`,
    ),
})).element;

/** A whole document. */
export const xmlDocument: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(
      '',
      '',
      '<?xml version="1.0"?>',
      "<?xml version='1.0' encoding='UTF-8' standalone='no' ?>\n",
    ),
    fc.array(fc.oneof(comment, fc.constantFrom(' ', '\n')), { maxLength: 2 }),
    element,
    fc.array(fc.oneof(comment, fc.constantFrom(' ', '\n')), { maxLength: 2 }),
  )
  .map(([declaration, before, root, after]) => `${declaration}${before.join('')}${root}${after.join('')}`)
  .map((text) => text.replace(/[\ue000-\ue002]/g, (letter) => CDATA[letter.charCodeAt(0) - 0xe000] ?? ''));

const plainName = fc.constantFrom('a', 'name', 'names', 'name-x', 'n', 'x1');
const plainAttributes = fc
  .array(
    fc.tuple(
      fc.constantFrom('a', 'b', 'b-a'),
      fc.constantFrom('', 'x y', '>', '>', ' a=', '"', '/', '\n', '&lt;'),
    ),
    {
      maxLength: 4,
      size: 'max',
    },
  )
  .chain((list) =>
    fc.constantFrom(
      list,
      list.filter(([key], at) => list.findIndex(([other]) => other === key) === at),
    ),
  )
  .map((list) => list.map(([key, text]) => ` ${key}='${text}'`).join(''));

const plainElement: fc.Arbitrary<string> = fc.letrec<{ element: string }>((tie) => ({
  element: fc
    .tuple(
      plainName,
      plainAttributes,
      fc.array(
        fc.oneof(
          { maxDepth: 3 },
          fc.constantFrom('\n  ', 'text', '\n', ']', ']]', ']]>', '&amp;', ' '),
          tie('element'),
          tie('element'),
        ),
        {
          maxLength: 4,
        },
      ),
    )
    .map(([tag, own, children]) =>
      children.length === 0 ? `<${tag}${own}/>` : `<${tag}${own}>${children.join('')}</${tag}>`,
    ),
})).element;

/** Elements as libvirt writes them, some with an attribute twice, or damaged in one place. */
export const plainDocument: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(plainElement, { minLength: 1, maxLength: 4 }),
    fc.option(
      fc.tuple(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom(..."<>/'=&] x\u0001", '</a>', '<a>', ' a='),
      ),
      {
        freq: 2,
      },
    ),
  )
  .map(([parts, damage]) => {
    const text = `<root>${parts.join('\n  ')}</root>`;
    if (damage === null) return text;
    const at = Math.floor(damage[0] * text.length);
    return text.slice(0, at) + damage[1] + text.slice(at + (damage[1].length === 1 ? 1 : 0));
  });

/** What breaks XML, or nearly does. */
const FRAGMENTS = [
  ...'<>&;\'"=/!?[]-: x1\n\r\t\u0000\u0001\u0085\u00a0\u00b7\u2028\ufffe\uffff\ud800\udc00é',
  '</', '/>', '<!--', '-->', '--', '<![CDATA[', ']]>', '<?', '?>', '<?xml version="1.0"?>', '<a>', '</a>', '<a/>',
  '&foo;', '&#0;', '&#x110000;', '&#xD800;', '&;', '&#;', '&#x;', '&lt', ' a="1"', " a='1'", ' xmlns=""', ' xmlns:k=""',
  ' xmlns:xml="u"', ' xmlns:xmlns="u"', ' xmlns="http://www.w3.org/2000/xmlns/"', ':a', 'a:', 'k:a:b', '<k:a/>', '\ufeff',
]; // prettier-ignore

/** A text that was well-formed before one to three changes. */
export const damagedDocument: fc.Arbitrary<string> = fc
  .tuple(
    xmlDocument,
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        cut: fc.integer({ min: 0, max: 4 }),
        put: fc.oneof(fc.constant(''), fc.constantFrom(...FRAGMENTS)),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([text, changes]) =>
    changes.reduce((whole, { at, cut, put }) => {
      const place = Math.floor(at * whole.length);
      return whole.slice(0, place) + put + whole.slice(place + cut);
    }, text),
  );
