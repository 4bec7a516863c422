import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { testCache } from '../test_cache';
import { repositoryRoot } from './repository_root';
import type { Run } from './run_install';
import { tempFolder } from './temp_folder';

type Suite = 'bookworm' | 'trixie';
const VERSION = { bookworm: 12, trixie: 13 };

/** A bare Debian in a folder, with the checkout and nothing else added. */
export interface Debian {
  root: string;
  /** Where the checkout is, seen from inside. */
  checkout: string;
  /** Runs a shell script inside; `offline` without any network. */
  run(script: string, options?: { offline?: boolean }): Run;
}

/** Makes one. Throws where `whyNoDebian()` has a reason. On Debian 13 the checkout has what was built here. */
export function openDebian(suite: Suite): Debian {
  const root = join(tempFolder('kvmvlan-debian-'), 'root');
  mkdirSync(root);
  must('tar', ['-C', root, '-xf', bareDebian(suite)]);
  for (const file of ['/etc/resolv.conf', '/etc/hosts']) copyFileSync(file, join(root, file));
  writeFileSync(join(root, 'etc/apt/apt.conf.d/99outside'), aptSettings());
  writeFileSync(join(root, 'etc/dpkg/dpkg.cfg.d/unsafe-io'), 'force-unsafe-io\n'); // no fsync for what is thrown away
  const env = outsideSettings(root);
  const checkout = '/srv/kvm vlan';
  copyCheckout(join(root, checkout), suite === 'trixie');
  return {
    root,
    checkout,
    run: (script, { offline = false } = {}) => {
      const { status, stdout, stderr } = spawnSync(
        'unshare',
        [
          ...(offline ? ['--net'] : []),
          ...['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c'],
          'mount -t proc proc "$1/proc" && cd / && exec chroot "$1" sh -c "$2"',
          ...['sh', root, script],
        ],
        { encoding: 'utf8', env },
      );
      return { status, stdout, stderr };
    },
  };
}

/** Why there can be no Debian in a folder here, or undefined if there can. */
export function whyNoDebian(): string | undefined {
  if (process.getuid?.() !== 0) return 'it needs root (chroot)';
  if (spawnSync('mmdebstrap', ['--version']).error) return 'mmdebstrap is not installed';
  const probe = spawnSync('unshare', ['--mount', '--pid', '--fork', 'mount', '-t', 'tmpfs', 'none', '/mnt'], {
    encoding: 'utf8',
  });
  return probe.status === 0 ? undefined : `mounting is not allowed here (${probe.stderr.trim()})`;
}

/** Debian's essential packages and apt, kept between runs outside of the checkout. */
function bareDebian(suite: Suite): string {
  const cache = testCache();
  const tar = join(cache, `debian-${VERSION[suite]}-bare.tar`);
  if (!existsSync(tar)) {
    mkdirSync(cache, { recursive: true });
    const unfinished = join(cache, `unfinished-${process.pid}.tar`);
    must('mmdebstrap', ['--quiet', '--variant=minbase', ...aptOptions(), suite, unfinished, ...mirror()]);
    renameSync(unfinished, tar);
  }
  return tar;
}

/** The mirror of this machine, where it is a Debian too. */
function mirror(): string[] {
  const { stdout } = spawnSync(
    'apt-get',
    ['indextargets', '--format', '$(ORIGIN) $(COMPONENT) $(CODENAME) $(REPO_URI)', 'Created-By: Packages'],
    { encoding: 'utf8' },
  );
  const [, uri] = /^Debian main [a-z]+ (\S+)$/m.exec(stdout) ?? [];
  return uri === undefined ? [] : [uri];
}

/** How this machine's apt reaches its mirror, in apt.conf's syntax. */
function aptSettings(): string {
  const { stdout } = spawnSync('apt-config', ['dump'], { encoding: 'utf8' });
  const settings = /^(Acquire::(https?|Retries|Check-Valid-Until|Check-Date|Languages)\b.*);$/gm;
  return `${(stdout.match(settings) ?? []).join('\n')}\n`;
}

function aptOptions(): string[] {
  return aptSettings()
    .split('\n')
    .filter((line) => line !== '' && !/Languages|"";/.test(line))
    .map((line) => `--aptopt=${line}`);
}

/** The environment inside: nothing but how this machine's npm and node reach the registry. */
function outsideSettings(root: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    LC_ALL: 'C.UTF-8',
  };
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'])
    if (process.env[name] !== undefined) env[name] = process.env[name];
  const own = join(homedir(), '.npmrc');
  if (existsSync(own)) copyFileSync(own, join(root, 'root/.npmrc'));
  const npm = npmSettings();
  for (const name of ['registry', 'proxy', 'https-proxy', 'noproxy', 'strict-ssl']) {
    const value = npm[name];
    if (typeof value === 'string' || typeof value === 'boolean')
      env[`npm_config_${name.replace('-', '_')}`] = String(value);
  }
  const certificates = process.env.NODE_EXTRA_CA_CERTS ?? npm.cafile;
  if (typeof certificates === 'string' && existsSync(certificates)) {
    // Not at its own path: installing ca-certificates inside would overwrite it.
    copyFileSync(certificates, join(root, 'etc/outside-ca.crt'));
    env.NODE_EXTRA_CA_CERTS = '/etc/outside-ca.crt';
  }
  return env;
}

function npmSettings(): Record<string, unknown> {
  const { stdout } = spawnSync('npm', ['config', 'list', '--json'], { encoding: 'utf8', cwd: '/' });
  try {
    return JSON.parse(stdout) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** The files of the checkout, without what was installed in it. */
function copyCheckout(to: string, built: boolean): void {
  mkdirSync(to, { recursive: true });
  const excludes = ['node_modules', '.git', 'test', ...(built ? [] : ['build/dist'])].map(
    (name) => `--exclude=./${name}`,
  );
  const tar = join(to, '..', 'checkout.tar');
  must('tar', ['-C', repositoryRoot, ...excludes, '-cf', tar, '.']);
  must('tar', ['-C', to, '--no-same-owner', '-xf', tar]);
  rmSync(tar);
}

function must(command: string, args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`);
}

/** A file of the Debian, as text. */
export function readInside(debian: Debian, path: string): string {
  return readFileSync(join(debian.root, path), 'utf8');
}
