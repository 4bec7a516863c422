import fc from 'fast-check';

/** What goes wrong when somebody edits a line; each takes a line and gives what stands there afterwards. */
const FAULTS: readonly ((line: string) => string)[] = [
  // A value that cannot be right for the key.
  (line) =>
    line
      .replace(/^(pvid|tagged|mac|nic) = .*/, '$1 = wrong!')
      .replace(/^(guest|alias|bridge|network) = .*/, '$1 ='),
  // A letter of the key is missing, or two are swapped.
  (line) => line.replace(/^(\w)\w/, '$1'),
  (line) => line.replace(/^(\w)(\w)/, '$2$1'),
  // The key is another word.
  (line) => line.replace(/^\w+ /, 'interface '),
  (line) => line.replace(/ =/, ''),
  (line) => line.replace(/^\w/, '  $&'),
  (line) => `${line}\n${line}`,
  (line) => `${line}\n${line.replace(/ = .*/, ' = 0')}`,
  (line) => line.replace(/\]$/, ''),
  (line) => line.replace(/^\[/, ''),
  (line) => line.replace(/^\[/, '  ['),
  // A comment behind the value, and a key behind the header.
  (line) => `${line} # web`,
  (line) => line.replace(/\]$/, '] pvid = 9'),
  (line) => line.replace(/\]$/, ']nic = 0'),
];

/** A text in which one of the lines is broken in one way. */
export function breakLine(lines: readonly string[]): fc.Arbitrary<string> {
  const place = fc.integer({ min: 0, max: lines.length - 1 });
  return fc
    .tuple(place, fc.constantFrom(...FAULTS))
    .map(([at, fault]) => lines.map((line, index) => (index === at ? fault(line) : line)).join('\n'));
}
