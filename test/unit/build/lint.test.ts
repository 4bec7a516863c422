import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const repositoryRoot = join(__dirname, '..', '..', '..');
const problem = `import type { Problem } from '../model/problem';
export const found: Problem = { level: 'error', code: 'bug', message: 'What is wrong.', hint: 'What to do.' };
`;

/** The rules that a text breaks in the place of a file, as `npm run lint` finds them. */
function broken(file: string, text: string): string[] {
  const eslint = join(repositoryRoot, 'node_modules/.bin/eslint');
  const args = [
    '--config',
    'build/eslint.config.mjs',
    '--format',
    'json',
    '--stdin',
    '--stdin-filename',
    file,
  ];
  // Otherwise the parser takes the text of the file on the disk.
  const env = { ...process.env, TSESTREE_SINGLE_RUN: 'false' };
  const run = spawnSync(eslint, args, { cwd: repositoryRoot, encoding: 'utf8', input: text, env });
  const [result] = JSON.parse(run.stdout) as [{ messages: { ruleId: string | null }[] }];
  return result.messages.map(({ ruleId }) => String(ruleId));
}

test('sentences of a problem are allowed in a file of problems, and nowhere else', () => {
  expect(broken('lib/plan/port_problems.ts', problem)).toEqual([]);
  expect(broken('lib/plan/cut_off.ts', problem)).toEqual(['no-restricted-syntax']);
}, 120_000);
