import fc from 'fast-check';

/** Letters that mean something in INI files, in shells or in Unicode, and plain ones. */
const LETTERS = [...'abcXYZ019.-_[]()=:#;%"\'\\*!?$ä éßÜ日🙂\u00a0\u2028\u3000'];
const text = (maxLength: number) => fc.string({ unit: fc.constantFrom(...LETTERS), maxLength });

const space = fc.constantFrom('', '', '', ' ', '  ', '\t');
const sectionName = fc.oneof(
  fc.constantFrom('DEFAULT', 'veth0', 'veth1', 'br0', 'bond0.100', 'default', '__proto__', 'constructor'),
  text(8),
);
const key = fc.oneof(
  fc.constantFrom('guest', 'Guest', 'PVID', 'pvid', 'tagged', 'trunk-port', 'nic', '__proto__', 'a b', 'é'),
  text(6),
);
const value = fc.oneof(
  fc.constantFrom('', '100', 'true', 'null', '50%', '%(x)s', '"quoted"', 'a # b', 'a;b', '[x]', '1 = 2'),
  text(10),
);

const line = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .tuple(sectionName, fc.constantFrom('', '', '', ' ', ' # behind'))
      .map(([name, rest]) => `[${name}]${rest}`),
  },
  {
    weight: 24,
    arbitrary: fc
      .tuple(space, key, space, fc.constantFrom('=', '=', ':'), space, value, space)
      .map((parts) => parts.join('')),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(space, fc.constantFrom('#', ';'), text(8)).map((parts) => parts.join('')),
  },
  { weight: 2, arbitrary: space },
  {
    weight: 9,
    arbitrary: fc.tuple(fc.constantFrom(' ', '   ', '\t\t'), value).map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: text(8) },
);

/** Texts in the dialect of configparser; more than a third of them is right. */
export const iniText: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('[DEFAULT]', '[veth9]', '[br9]', '# a comment'),
    fc.array(fc.tuple(line, fc.constantFrom('\n', '\n', '\r\n', '\r')), { maxLength: 9 }),
  )
  .map(([first, lines]) => `${first}\n${lines.map((parts) => parts.join('')).join('')}`);
