import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './repository_root';
import type { Run } from './run_install';
import { tempFolder } from './temp_folder';

/** What a package needs of the checkout. */
const SOURCES = [
  'hooks',
  'lib',
  'build',
  'conf',
  'docs',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];
const TEXTS = ['install.sh', 'README.md', 'SECURITY.md', 'LICENSE'];

/** A copy of the checkout without git, so that the version is the one of package.json. */
export function copyOfCheckout(): string {
  const folder = tempFolder('kvmvlan-packages-');
  const tar = run('sh', [
    '-c',
    'cd -- "$1" && to=$2 && shift 2 && tar --exclude=build/dist -cf - "$@" | tar -C "$to" -xf - --touch',
    ...['sh', repositoryRoot, folder, ...SOURCES, ...TEXTS],
  ]);
  if (tar.status !== 0) throw new Error(tar.stderr);
  symlinkSync(join(repositoryRoot, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Runs a command in a checkout and returns the package of this format. Throws if it fails. */
export function buildPackage(
  checkout: string,
  format: 'deb' | 'rpm',
  command = `npm run package ${format}`,
): string {
  const built = run('sh', ['-c', command], { cwd: checkout, SOURCE_DATE_EPOCH: '1795600000' });
  if (built.status !== 0) throw new Error(`${command}: ${built.stdout}${built.stderr}`);
  const dist = join(checkout, 'build/dist');
  const names = readdirSync(dist).filter((name) => name.endsWith(`.${format}`));
  if (names.length === 0) throw new Error(`${command}: no package was built`);
  return join(dist, names.sort().at(-1) ?? '');
}

/** Runs a program. Variables that other parts of npm set would reach it too. */
export function run(
  program: string,
  args: readonly string[],
  { cwd = '/', ...env }: NodeJS.ProcessEnv = {},
): Run {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', ...env },
  });
  return { status, stdout, stderr };
}

/** A root without any package, for `dpkg --root`. */
export class DpkgRoot {
  readonly root = join(tempFolder('kvmvlan-dpkg-'), 'root');
  readonly hooks = join(this.root, 'etc/libvirt/hooks');

  /** Where the maintainer scripts run: outside, with DPKG_ROOT, or in a chroot. */
  constructor(private readonly scripts: 'outside' | 'chroot' = 'outside') {
    const admin = join(this.root, 'var/lib/dpkg');
    for (const name of ['info', 'updates', 'triggers']) mkdirSync(join(admin, name), { recursive: true });
    for (const name of ['status', 'diversions']) writeFileSync(join(admin, name), '');
  }

  /** Runs dpkg. Dependencies are not installed. */
  dpkg(...args: readonly string[]): Run {
    const options = ['--root', this.root, '--force-depends', '--force-unsafe-io'];
    if (this.scripts === 'outside') options.push('--force-script-chrootless');
    return run('dpkg', [...options, ...args]);
  }

  /** Runs dpkg and expects success. Returns what it and the scripts wrote to stderr. */
  done(...args: readonly string[]): string {
    const { status, stdout, stderr } = this.dpkg(...args);
    const output = stdout + stderr;
    expect({ status, output }).toEqual({ status: 0, output });
    return stderr;
  }
}

/** Why the packages cannot be tried here, or undefined if they can. */
export function whyNoPackages(...tools: readonly string[]): string | undefined {
  if (process.getuid?.() !== 0) return 'it needs root';
  const missing = tools.find((tool) => spawnSync(tool, ['--version']).error);
  return missing === undefined ? undefined : `${missing} is not installed`;
}
