import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageVersion } from '../../../build/package_version';

const made: string[] = [];
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true })));

const COMMITTED = Date.UTC(2026, 10, 25, 23, 59, 58) / 1000;

const gitAt = (time: number, cwd: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@x', ...args], {
    cwd,
    encoding: 'utf8',
    // In another time zone the date would be another one.
    env: { ...process.env, GIT_COMMITTER_DATE: `${time} +0900`, TZ: 'Asia/Tokyo' },
  }).trim();
const git = (cwd: string, ...args: string[]): string => gitAt(COMMITTED, cwd, ...args);

function tarball(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kvmvlan-version-'));
  made.push(folder);
  for (const file of ['lib/a.ts', 'conf/a.conf', 'install.sh', 'package.json']) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), 'text\n');
  }
  return folder;
}

function checkout(): { folder: string; commit: string } {
  const folder = tarball();
  git(folder, 'init', '--quiet');
  git(folder, 'add', '.');
  git(folder, 'commit', '--quiet', '-m', 'x');
  return { folder, commit: git(folder, 'rev-parse', 'HEAD').slice(0, 7) };
}

const env = { PATH: process.env.PATH };

test('a commit that is no release is named, with its time', () => {
  const { folder, commit } = checkout();
  expect(packageVersion('1.0.0', folder, env)).toEqual({
    version: `1.0.0+git20261125235958.${commit}`,
    time: COMMITTED,
  });
});

test.each(['lib/a.ts', 'conf/a.conf'])('a change of %s is visible', (file) => {
  const { folder, commit } = checkout();
  git(folder, 'tag', 'v1.0.0');
  expect(packageVersion('1.0.0', folder, env).version).toBe('1.0.0');
  appendFileSync(join(folder, 'install.sh'), 'more');
  expect(packageVersion('1.0.0', folder, env).version).toBe('1.0.0');
  appendFileSync(join(folder, file), 'more');
  expect(packageVersion('1.0.0', folder, env).version).toBe(`1.0.0+git20261125235958.${commit}.dirty`);
});

test('without git the time is that of package.json', () => {
  const folder = tarball();
  utimesSync(join(folder, 'package.json'), 1_700_000_000, 1_700_000_000.9);
  expect(packageVersion('1.0.0', folder, env)).toEqual({ version: '1.0.0', time: 1_700_000_000 });
});

test('a commit of the same day that is later has a higher number: dpkg and rpm compare it first', () => {
  const { folder } = checkout();
  const numberOf = (version: string): number => Number(/^1\.0\.0\+git(\d+)\./.exec(version)?.[1]);
  const first = packageVersion('1.0.0', folder, env).version;
  gitAt(COMMITTED + 1, folder, 'commit', '--quiet', '--allow-empty', '-m', 'y');
  const second = packageVersion('1.0.0', folder, env).version;
  expect([first, second].map(numberOf)).toEqual([20261125235958, 20261125235959]);
});

test('SOURCE_DATE_EPOCH sets the time, and does not change the version', () => {
  const { folder, commit } = checkout();
  expect(packageVersion('1.0.0', folder, { ...env, SOURCE_DATE_EPOCH: '1700000000' })).toEqual({
    version: `1.0.0+git20261125235958.${commit}`,
    time: 1_700_000_000,
  });
});
