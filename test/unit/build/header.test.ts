import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const HEADERS = join(__dirname, '../../../build/headers');

test('the table in build/headers/README.md has exactly the placeholders of the headers', () => {
  const scripts = readdirSync(HEADERS).filter((name) => name.endsWith('.sh'));
  const text = scripts.map((name) => readFileSync(join(HEADERS, name), 'utf8')).join('');
  const used = new Set([...text.matchAll(/@[A-Z_]+@/g)].map(([placeholder]) => placeholder));
  const rows = readFileSync(join(HEADERS, 'README.md'), 'utf8').matchAll(/^\| `(@[A-Z_]+@)`/gm);
  expect([...rows].map(([, placeholder]) => placeholder).sort()).toEqual([...used].sort());
});
