import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const repositoryRoot = join(__dirname, '..', '..', '..');

/** The names of the rules that files break, as `npm run lint` finds them. */
function broken(files: Readonly<Record<string, string>>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'kvmvlan-imports.'));
  try {
    for (const [path, text] of Object.entries({ ...files, 'tsconfig.json': '{}' })) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const depcruise = join(repositoryRoot, 'node_modules/.bin/depcruise');
    const config = join(repositoryRoot, 'build/imports.config.cjs');
    const run = spawnSync(depcruise, ['--config', config, '--output-type', 'json', 'lib'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const { summary } = JSON.parse(run.stdout) as { summary: { violations: { rule: { name: string } }[] } };
    return summary.violations.map(({ rule }) => rule.name);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('imports that point down the list of rooms are allowed', () => {
  const files = {
    'lib/cli/status.ts': "import { plan } from '../plan/plan';\nexport const status = plan;\n",
    'lib/plan/plan.ts': "import { vid } from '../model/vid';\nexport const plan = vid;\n",
    'lib/model/vid.ts': 'export const vid = 1;\n',
  };
  expect(broken(files)).toEqual([]);
});

test.each([
  ['a model that knows a command', '../cli/status', 'model-imports'],
  ['a model with effects', 'node:fs', 'pure'],
  ['a room that nobody has drawn', '../attic/old', 'no-other-room'],
])('%s', (_what, from, rule) => {
  const files = {
    'lib/model/vid.ts': `import * as other from '${from}';\nexport const vid = other;\n`,
    'lib/cli/status.ts': 'export const status = 1;\n',
    'lib/attic/old.ts': 'export const old = 1;\n',
  };
  expect(broken(files)).toContain(rule);
});

test.each([
  ['values', 'import { b }', 'import { a }'],
  ['types only', 'import type { b }', 'import type { a }'],
])('a cycle of %s', (_what, importB, importA) => {
  const files = {
    'lib/model/a.ts': `${importB} from './b';\nexport type a = typeof b;\nexport const a = 1;\n`,
    'lib/model/b.ts': `${importA} from './a';\nexport type b = typeof a;\nexport const b = 1;\n`,
  };
  expect(broken(files)).toContain('no-cycle');
});
