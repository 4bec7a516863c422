import { existsSync, readFileSync } from 'node:fs';

const lines = readFileSync('test/depths', 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

test.each(lines)('%s is a test that exists', (line) => {
  const [, path] = /^(?:long|all) (\S+)$/.exec(line) ?? [];
  expect(existsSync(`test/${path ?? 'no path'}.test.ts`)).toBe(true);
});
