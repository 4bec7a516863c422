import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SOURCES } from './source_sums';

/**
 * The version that a build calls itself: that of package.json where it is a release, that is the commit of its tag, or
 * where there is no git to ask, as in a tarball; else with the commit, as in `1.0.0+g1a2b3c4d`, and `.dirty` where the
 * sources are not that commit's. The same sources of the same commit always give the same.
 *
 * @param folder of the checkout
 */
export function buildVersion(version: string, folder = '.', env: NodeJS.ProcessEnv = process.env): string {
  // install.sh builds in a copy without .git, and names that of the checkout.
  if (!existsSync(join(folder, '.git')) && env.GIT_DIR === undefined) return version;
  const git = (...args: readonly string[]): string | null => runGit(folder, env, args);
  const commit = git('rev-parse', 'HEAD');
  if (commit === null) return version;
  const isDirty = git('status', '--porcelain', '--', ...SOURCES) !== '';
  if (!isDirty && git('rev-parse', '--verify', '--quiet', `refs/tags/v${version}^{commit}`) === commit)
    return version;
  return `${version}+g${commit.slice(0, 8)}${isDirty ? '.dirty' : ''}`;
}

/**
 * What git says; null where it fails. It must write nothing, as others may be at work in the checkout, and must not look
 * above it: a tarball may lie in somebody else's repository.
 */
function runGit(folder: string, env: NodeJS.ProcessEnv, args: readonly string[]): string | null {
  const { status, stdout } = spawnSync(
    'git',
    ['--no-optional-locks', '-c', 'core.fsmonitor=false', ...args],
    {
      cwd: folder,
      env: { ...env, GIT_CEILING_DIRECTORIES: dirname(realpathSync(folder)) },
      encoding: 'utf8',
    },
  );
  return status === 0 ? stdout.trim() : null;
}
