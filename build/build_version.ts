import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runGit } from './run_git';
import { SOURCES } from './sources';

/**
 * The version of a build. It is that of package.json for a release (the commit of its tag), or without git, as in a
 * tarball. Otherwise the commit is added, as in `1.0.0+g1a2b3c4d`, and `.dirty` if the sources differ from the
 * commit. The same sources of the same commit always give the same version.
 *
 * @param folder the folder of the checkout
 * @param sources the files and folders that a change of makes dirty
 */
export function buildVersion(
  version: string,
  folder = '.',
  env: NodeJS.ProcessEnv = process.env,
  sources: readonly string[] = SOURCES,
): string {
  // install.sh builds in a copy without .git, and sets GIT_DIR to that of the checkout.
  if (!existsSync(join(folder, '.git')) && env.GIT_DIR === undefined) return version;
  const git = (...args: readonly string[]): string | null => runGit(folder, env, args);
  const commit = git('rev-parse', 'HEAD');
  if (commit === null) return version;
  const isDirty = git('status', '--porcelain', '--', ...sources) !== '';
  if (!isDirty && git('rev-parse', '--verify', '--quiet', `refs/tags/v${version}^{commit}`) === commit)
    return version;
  return `${version}+g${commit.slice(0, 8)}${isDirty ? '.dirty' : ''}`;
}
