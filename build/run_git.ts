import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The output of git; null: it failed. It must not write anything, because other processes may use the checkout. It
 * must not search parent folders: a tarball may be unpacked in another repository.
 */
export function runGit(folder: string, env: NodeJS.ProcessEnv, args: readonly string[]): string | null {
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
