import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SOURCES } from './source_sums';

/**
 * The version of a build. It is that of package.json for a release (the commit of its tag), or without git, as in a
 * tarball. Otherwise the commit is added, as in `1.0.0+g1a2b3c4d`, and `.dirty` if the sources differ from the
 * commit. The same sources of the same commit always give the same version.
 *
 * @param folder the folder of the checkout
 */
export function buildVersion(version: string, folder = '.', env: NodeJS.ProcessEnv = process.env): string {
  // install.sh builds in a copy without .git, and sets GIT_DIR to that of the checkout.
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
 * The output of git; null: it failed. It must not write anything, because other processes may use the checkout. It
 * must not search parent folders: a tarball may be unpacked in another repository.
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
