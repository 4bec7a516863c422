import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROBLEM_CODES } from '../../../lib/model/problem_code';

test('docs/json.md describes every code of a problem, and no other', () => {
  const text = readFileSync(join(__dirname, '../../../docs/json.md'), 'utf8');
  const [, table = ''] = text.split('## Codes of problems');
  const codes = [...table.matchAll(/^\| `([a-z-]+)` /gm)].map(([, code]) => code);
  expect(codes).toEqual(PROBLEM_CODES);
});
