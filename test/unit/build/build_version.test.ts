import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildVersion } from '../../../build/build_version';
import { SOURCES } from '../../../build/sources';

const made: string[] = [];
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true })));

const FILES = [
  'hooks/qemu.ts',
  'lib/a.ts',
  'build/b.ts',
  'docs/man/c.8',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'README.md',
];
const git = (cwd: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@x', ...args], {
    cwd,
    encoding: 'utf8',
  }).trim();

/** A checkout of one commit. */
function checkout(): { folder: string; suffix: string } {
  const folder = mkdtempSync(join(tmpdir(), 'kvmvlan-version-'));
  made.push(folder);
  for (const file of FILES) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), 'text\n');
  }
  git(folder, 'init', '--quiet');
  git(folder, 'add', '.');
  git(folder, 'commit', '--quiet', '-m', 'x');
  return { folder, suffix: `+g${git(folder, 'rev-parse', 'HEAD').slice(0, 8)}` };
}

test('there is a file for each source', () => {
  for (const source of SOURCES) expect(FILES.some((file) => file.startsWith(source))).toBe(true);
});

test('a commit that is no release is named', () => {
  const { folder, suffix } = checkout();
  expect(buildVersion('1.0.0', folder)).toBe(`1.0.0${suffix}`);
  expect(buildVersion('1.0.0', folder)).toBe(`1.0.0${suffix}`);
});

test.each([['v1.0.0'], ['-a', '-m', 'a release', 'v1.0.0']])('a release is not: git tag %s', (...tag) => {
  const { folder, suffix } = checkout();
  git(folder, 'tag', ...tag);
  expect(buildVersion('1.0.0', folder)).toBe('1.0.0');
  expect(buildVersion('1.1.0', folder)).toBe(`1.1.0${suffix}`);
  git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'later');
  expect(buildVersion('1.0.0', folder)).toMatch(/^1\.0\.0\+g[0-9a-f]{8}$/);
});

test('sources that are not those of the commit are told, other files are not', () => {
  const { folder, suffix } = checkout();
  git(folder, 'tag', 'v1.0.0');
  appendFileSync(join(folder, 'README.md'), 'more');
  expect(buildVersion('1.0.0', folder)).toBe('1.0.0');
  writeFileSync(join(folder, 'lib/new.ts'), '');
  expect(buildVersion('1.0.0', folder)).toBe(`1.0.0${suffix}.dirty`);
});

test('a copy without .git is told of the checkout, as install.sh does it', () => {
  const { folder, suffix } = checkout();
  const copy = mkdtempSync(join(tmpdir(), 'kvmvlan-version-'));
  made.push(copy);
  for (const file of FILES) cpSync(join(folder, file), join(copy, file));
  rmSync(join(copy, 'README.md'));
  expect(buildVersion('1.0.0', copy)).toBe('1.0.0');
  const env = { PATH: process.env.PATH, GIT_DIR: join(folder, '.git'), GIT_WORK_TREE: copy };
  expect(buildVersion('1.0.0', copy, env)).toBe(`1.0.0${suffix}`);
  expect(buildVersion('1.0.0', copy, { ...env, GIT_DIR: join(copy, '.git') })).toBe('1.0.0');
});

test('where git knows nothing of it, the version stands alone', () => {
  const { folder } = checkout();
  // A tarball in somebody else's repository.
  expect(buildVersion('1.0.0', join(folder, 'lib'))).toBe('1.0.0');
  mkdirSync(join(folder, 'lib/.git'));
  expect(buildVersion('1.0.0', join(folder, 'lib'))).toBe('1.0.0');
  expect(buildVersion('1.0.0', folder, { PATH: '/nowhere' })).toBe('1.0.0');
});
