import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { shellName, shellQuote } from '../../../lib/text/shell_quote';

test.each([
  ['VM1', 'VM1'],
  ['/etc/libvirt/hooks/qemu', '/etc/libvirt/hooks/qemu'],
  ['', "''"],
  ['Windows 10', "'Windows 10'"],
  ["it's", "'it'\\''s'"],
  ['$(id)', "'$(id)'"],
  // zsh takes =ls for the path of ls.
  ['=ls', "'=ls'"],
  ['a=b', 'a=b'],
  ['a\nb\u009b\x1b[31m', "$'a\\u000ab\\u009b\\u001b[31m'"],
])('%j', (word, quoted) => {
  expect(shellQuote(word)).toBe(quoted);
});

test('a name is no option', () => {
  expect(shellName('-rf')).toBe('-- -rf');
  expect(shellName('VM1')).toBe('VM1');
});

test('bash reads every word as it was', () => {
  const word = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(fc.array(word, { minLength: 200, maxLength: 200 }), (words) => {
      const script = `printf '%s\\0' ${words.map(shellQuote).join(' ')}`;
      const read = execFileSync('/bin/bash', ['--norc', '-c', script], {
        env: { LC_ALL: 'C.UTF-8' },
        encoding: 'utf8',
      });
      expect(read.split('\0').slice(0, -1)).toEqual(words);
    }),
    { numRuns: 5 },
  );
});
