import { statSync } from 'node:fs';
import { buildVersion } from './build_version';
import { runGit } from './run_git';
import { SOURCES } from './sources';

/** What the packages contain in addition to the sources of the build. */
const PACKAGED = ['conf', 'docs', 'README.md', 'SECURITY.md', 'LICENSE'];

/** The version of a package, and the time of everything in it, in seconds since 1970. */
export interface PackageVersion {
  version: string;
  time: number;
}

/**
 * The version of the packages: that of the build, with the time of the commit in UTC, as in
 * `1.0.0+git20261125143012.4f698b7.dirty`, so that a later version is also a higher one, on the same day too. The time
 * is SOURCE_DATE_EPOCH if it is set, otherwise that of the commit, or without git that of package.json.
 *
 * @param released the version in package.json
 */
export function packageVersion(
  released: string,
  folder = '.',
  env: NodeJS.ProcessEnv = process.env,
): PackageVersion {
  const built = buildVersion(released, folder, env, [...SOURCES, ...PACKAGED]);
  const committed = Number(runGit(folder, env, ['show', '-s', '--format=%ct', 'HEAD']) ?? NaN);
  const time = Number(env.SOURCE_DATE_EPOCH ?? NaN);
  const known = Number.isNaN(committed)
    ? Math.floor(statSync(`${folder}/package.json`).mtimeMs / 1000)
    : committed;
  return {
    version: built.replace(/\+g([0-9a-f]{7})[0-9a-f]*/, `+git${stampOf(known)}.$1`),
    time: Number.isNaN(time) ? known : time,
  };
}

/** `20261125143012`, in UTC. */
function stampOf(time: number): string {
  return new Date(time * 1000).toISOString().slice(0, 19).replace(/\D/g, '');
}
