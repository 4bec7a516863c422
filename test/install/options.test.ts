import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { packageFiles } from '../../build/package_files';
import { installFormer } from './former';
import { buildPackage, copyOfCheckout, whyNoPackages } from './packages';
import { repositoryRoot } from './repository_root';
import { runInstall } from './run_install';
import { shellFiles } from './shell_files';
import { differences, pathsBelow, snapshot } from './snapshot';
import { tempFolder } from './temp_folder';
import { write } from './write';

const why = whyNoPackages('dpkg-deb');
if (why !== undefined && process.env.KVMVLAN_REQUIRE_ALL_TIERS === '1') throw new Error(`install.sh: ${why}`);

jest.setTimeout(120_000);

const HEADERS = 'build/headers/';

test.each(['--help', '-h'])('%s describes every option', (option) => {
  const run = runInstall(repositoryRoot, [option]);
  expect(run).toMatchObject({ status: 0, stderr: '' });
  for (const word of ['--root DIR', '--uninstall', '--dry-run', 'Exit status'])
    expect(run.stdout).toContain(word);
});

test.each([
  [['--rot', '/x'], "unknown argument '--rot'"],
  [['/some/where'], "unknown argument '/some/where'"],
  [['--root'], '--root needs a value'],
  [['--root', ''], '--root needs a value'],
  [['--root='], '--root needs a value'],
])('%j is wrong usage', (args, message) => {
  expect(runInstall(repositoryRoot, args)).toEqual({
    status: 2,
    stdout: '',
    stderr: `install.sh: ${message}\ninstall.sh: ./install.sh --help lists the options\n`,
  });
});

const isHeader = (path: string): boolean => path.startsWith(HEADERS);
/** An included file reads what others set, so it is checked with the headers that include it. It has no #! line. */
const isWhole = (path: string): boolean => readFileSync(join(repositoryRoot, path), 'utf8').startsWith('#!');

test.each([
  ['the headers of the bundles', ['-a', '-P', HEADERS], (path: string) => isHeader(path) && isWhole(path)],
  ['all other shell files', ['-P', 'build/packages'], (path: string) => !isHeader(path)],
])('shellcheck finds nothing in %s', (_what, options, isMeant) => {
  const files = shellFiles().filter(isMeant);
  const { status, stdout } = spawnSync('shellcheck', ['-x', ...options, ...files], {
    cwd: repositoryRoot,
    encoding: 'utf8',
  });
  expect([status, stdout]).toEqual([0, '']);
});

(why === undefined ? describe : describe.skip)('--root', () => {
  let checkout: string;

  beforeAll(() => {
    checkout = copyOfCheckout();
    buildPackage(checkout, 'deb', 'npm run package deb tree');
  });

  const copy = (root: string, ...args: readonly string[]) => runInstall(checkout, ['--root', root, ...args]);
  /** A folder without the one that the copy would need. */
  const emptyRoot = (): string => join(tempFolder(), 'root');
  const hooksOf = (root: string): string => join(root, 'etc/libvirt/hooks');

  function copied(): string {
    const root = emptyRoot();
    expect(copy(root)).toMatchObject({ status: 0, stderr: '' });
    return root;
  }

  test.each(['/', '//', '/.', '/usr/..', '/proc/self/root', '/no/such/../..'])(
    '%s is refused: it is this machine, which has apt',
    (folder) => {
      const run = runInstall(checkout, ['--dry-run', '--root', folder]);
      expect(run).toMatchObject({ status: 2, stdout: '' });
      expect(run.stderr).toMatch(
        /^install.sh: --root \/\S* is this machine itself, or has its \/etc: omit --root/,
      );
    },
  );

  test.each([
    ['this machine', '', 'is this machine itself'],
    ["this machine's /etc", 'etc', 'is this machine itself, or has its /etc'],
    ["this machine's /usr/sbin", 'usr/sbin', "/usr/sbin is this machine's own"],
  ])('a bind mount of %s is refused', (_what, at, message) => {
    const root = emptyRoot();
    mkdirSync(join(root, at), { recursive: true });
    const script = 'mount --bind "/$2" "$1/$2" && exec "$3" --root="$1"';
    const words = ['--mount', 'sh', '-c', script, 'sh', root, at, join(checkout, 'install.sh')];
    const { status, stderr } = spawnSync('unshare', words, { encoding: 'utf8' });
    expect(status).not.toBe(0);
    expect(stderr).toContain(message);
  });

  test('copies what the package contains, and says how to enable the units', () => {
    const root = emptyRoot();
    const run = copy(root);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain(
      `systemctl --root '${root}' enable kvmvlan.path kvmvlan-repair.timer kvmvlan-routes.path kvmvlan-routes.timer\n`,
    );
    for (const { kind, what, where } of packageFiles('deb')) {
      const stat = lstatSync(join(root, where));
      if (kind === 'link') expect(readlinkSync(join(root, where))).toBe(what);
      const mode = kind === 'dir' ? what : ['hook', 'exec'].includes(kind) ? '0755' : '0644';
      if (kind !== 'link') expect([where, (stat.mode & 0o7777).toString(8)]).toEqual([where, mode.slice(1)]);
    }
    const { stdout } = spawnSync(join(hooksOf(root), 'bin/kvmvlan'), ['--version'], { encoding: 'utf8' });
    expect(stdout).toBe('1.0.0\n');
  });

  test('--dry-run prints the files and changes nothing', () => {
    const root = emptyRoot();
    const run = copy(root, '--dry-run');
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('  would copy /etc/libvirt/hooks/qemu\n');
    expect(existsSync(root)).toBe(false);
  });

  test('a second copy changes no content, and keeps an edited conf', () => {
    const root = copied();
    write(join(hooksOf(root), 'conf/vlan_filtering.conf'), 'mine\n');
    const before = snapshot(root, 'content');
    const run = copy(root);
    expect(run.stdout).toContain('conf/vlan_filtering.conf; the new sample is next to it');
    const changed = differences(before, snapshot(root, 'content'));
    expect(changed.filter((line) => !line.includes('vlan_filtering.conf.new'))).toEqual([]);
    expect(readFileSync(join(hooksOf(root), 'conf/vlan_filtering.conf'), 'utf8')).toBe('mine\n');
  });

  test('a file of somebody else is not replaced: nothing is changed', () => {
    const root = emptyRoot();
    write(join(hooksOf(root), 'qemu'), '#!/bin/sh\n', 0o755);
    symlinkSync('/opt/theirs', join(hooksOf(root), 'network'));
    const before = snapshot(root);
    const run = copy(root);
    expect(run.status).toBe(1);
    for (const name of ['qemu', 'network']) expect(run.stderr).toContain(` ${hooksOf(root)}/${name}`);
    expect(run.stderr).toContain('Nothing was changed. Move them away, and run this again.');
    expect(differences(before, snapshot(root))).toEqual([]);
  });

  test('a link does not lead out of the folder', () => {
    const root = emptyRoot();
    const outside = tempFolder();
    mkdirSync(join(root, 'etc'), { recursive: true });
    symlinkSync(outside, join(root, 'etc/libvirt'));
    const run = copy(root);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('leads out of');
    expect(pathsBelow(outside)).toEqual([]);
  });

  test('a link in the place of a new file is replaced, not followed', () => {
    const root = copied();
    const outside = tempFolder();
    write(join(outside, 'file'), 'theirs\n');
    write(join(hooksOf(root), 'conf/vlan_filtering.conf'), 'mine\n');
    symlinkSync(join(outside, 'file'), join(hooksOf(root), 'conf/vlan_filtering.conf.new'));
    for (const folder of ['conf', 'bin', '.'])
      symlinkSync(join(outside, 'file'), join(hooksOf(root), folder, '.kvmvlan-new'));
    expect(copy(root)).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(join(outside, 'file'), 'utf8')).toBe('theirs\n');
    expect(lstatSync(join(hooksOf(root), 'conf/vlan_filtering.conf.new')).isFile()).toBe(true);
  });

  test('a unit that was enabled there stays enabled', () => {
    const root = copied();
    const wants = join(root, 'etc/systemd/system/multi-user.target.wants');
    mkdirSync(wants, { recursive: true });
    symlinkSync('/usr/lib/systemd/system/kvmvlan.path', join(wants, 'kvmvlan.path'));
    expect(copy(root)).toMatchObject({ status: 0, stderr: '' });
    expect(lstatSync(join(wants, 'kvmvlan.path')).isSymbolicLink()).toBe(true);
  });

  test('--uninstall does not remove half of what an earlier install.sh installed', () => {
    const root = emptyRoot();
    installFormer(root);
    const before = snapshot(root);
    const run = copy(root, '--uninstall');
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('Run this without --uninstall first');
    expect(differences(before, snapshot(root))).toEqual([]);
  });

  test('replaces what an earlier install.sh copied', () => {
    const root = emptyRoot();
    installFormer(root, { 'daemon_start.d/old.py': 'x\n' });
    write(join(hooksOf(root), 'daemon_start.d/bridge_init.py'), 'old\n');
    expect(copy(root)).toEqual({
      status: 0,
      stdout: expect.stringContaining('kvmvlan -> ') as string,
      stderr: expect.stringContaining("bridge_init.py is kvmvlan's predecessor") as string,
    });
    const fresh = copied();
    const left = (folder: string): string[] =>
      pathsBelow(folder).filter((path) => !lstatSync(join(folder, path)).isDirectory());
    const own = left(root).filter((path) => !path.endsWith('.before-kvmvlan.bak'));
    expect(own).toEqual(left(fresh));
    expect(existsSync(join(hooksOf(root), 'daemon_start.d/bridge_init.py'))).toBe(false);
  });

  test('--uninstall removes the copy; edited files, conf and logs stay', () => {
    const root = copied();
    write(join(hooksOf(root), 'logs/dispatch.log'), '{}\n');
    write(join(root, 'usr/share/doc/kvmvlan/README.md'), 'mine\n');
    const run = copy(root, '--uninstall');
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('README.md was edited: it was not removed');
    expect(pathsBelow(root).filter((path) => !lstatSync(join(root, path)).isDirectory())).toEqual([
      ...['bridge_init', 'dispatch', 'guest_routes', 'vlan_filtering'].map(
        (name) => `etc/libvirt/hooks/conf/${name}.conf`,
      ),
      'etc/libvirt/hooks/logs/dispatch.log',
      'usr/share/doc/kvmvlan/README.md',
    ]);
    expect(copy(root, '--uninstall').status).toBe(1);
  });

  test('--uninstall is refused while a change waits to be confirmed', () => {
    const root = copied();
    write(join(root, 'var/lib/kvmvlan/pending.json'), '{}\n');
    const before = snapshot(root);
    const run = copy(root, '--uninstall');
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('Run kvmvlan confirm or kvmvlan undo');
    expect(differences(before, snapshot(root))).toEqual([]);
    rmSync(join(root, 'var/lib/kvmvlan'), { recursive: true });
  });
});
