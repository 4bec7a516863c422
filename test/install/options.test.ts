import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listedItems, standInCheckout, write } from './checkout';
import { repositoryRoot } from './repository_root';
import { runInstall } from './run_install';
import { snapshot } from './snapshot';
import { tempFolder } from './temp_folder';

const checkout = standInCheckout();
const asRoot = process.getuid?.() === 0 ? test : test.skip;

test.each(['--help', '-h'])('%s tells every option', (option) => {
  const run = runInstall(checkout, [option]);
  expect(run).toMatchObject({ status: 0, stderr: '' });
  for (const word of [
    '--root DIR',
    '--uninstall',
    '--dry-run',
    '--node FILE',
    '--apparmor-ok',
    '--help',
    'Exit status',
  ])
    expect(run.stdout).toContain(word);
  expect(run.stdout).toContain('write `enabled = no` into its section');
});

test.each([
  [['--rot', '/x'], "unknown argument '--rot'"],
  [['/some/where'], "unknown argument '/some/where'"],
  [['--root'], '--root needs a value'],
  [['--root', ''], '--root needs a value'],
  [['--root='], '--root needs a value'],
  [['--node'], '--node needs a value'],
])('%j is wrong usage', (args, message) => {
  const run = runInstall(checkout, args);
  expect(run).toEqual({
    status: 2,
    stdout: '',
    stderr: `install.sh: ${message}\ninstall.sh: ./install.sh --help lists the options\n`,
  });
});

test.each(['/', '//', '/.', '/usr/..', '.', '/proc/self/root', '/no-such-folder/..', '/no/such/../..'])(
  '--root %s is refused: it is this machine',
  (folder) => {
    const run = runInstall(checkout, ['--dry-run', '--root', folder]);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toMatch(
      /^install.sh: --root \/\S* is this machine itself: omit --root, or use another folder\n/,
    );
  },
);

/**
 * With mounts and process numbers of its own, after commands that see the folder as $1. This machine's own files are
 * read-only there: were they taken for those of another root, they would be replaced.
 */
function runMounted(folder: string, commands: string, args: readonly string[]) {
  const safe = `mount --bind '${tmpdir()}' '${tmpdir()}' && mount -o remount,bind,ro /`;
  const script = `(${safe} && ${commands}) >&2 && shift && "$@"`;
  const words = ['--mount', '--pid', '--fork', '--mount-proc', 'sh', '-c', script, 'sh', folder, ...args];
  return spawnSync('unshare', words, { cwd: '/', encoding: 'utf8' });
}
const install = join(checkout, 'install.sh');
/** Another root with this machine's programs in it, at $1. */
const OTHER_ROOT =
  'mount -t tmpfs none "$1"; for at in /bin /sbin /lib /lib64 /usr /tmp /proc /dev; do ' +
  '[ ! -e $at ] || { mkdir "$1$at"; mount --rbind $at "$1$at"; }; done';

const ITSELF = 'is this machine itself: omit --root, or use another folder';

asRoot.each([
  ['process 1 has', 'true', [], '/proc/1/root', ITSELF],
  ['process 1 has, seen from a chroot', OTHER_ROOT, ['chroot', 'FOLDER'], '/proc/1/root', ITSELF],
  ['a bind mount has', 'mount --bind / "$1"', [], 'FOLDER', ITSELF],
  [
    'has its /etc',
    'mkdir "$1/etc"; mount --bind /etc "$1/etc"',
    [],
    'FOLDER',
    "contains this machine's own /etc: use another folder",
  ],
  [
    'is below that, seen from a chroot',
    OTHER_ROOT,
    ['chroot', 'FOLDER'],
    '/proc/1/root/var',
    'does not lead where its links point: use the path of the folder itself',
  ],
] as const)('--root that %s', (_what, commands, through, named, told) => {
  const folder = tempFolder();
  const root = named.replace('FOLDER', folder);
  const words = through.map((word) => word.replace('FOLDER', folder));
  const run = runMounted(folder, commands, [...words, install, '--root', root]);
  expect(run.stderr).toBe(
    `install.sh: --root ${root} ${told}\ninstall.sh: ./install.sh --help lists the options\n`,
  );
  expect(run).toMatchObject({ status: 2, stdout: '' });
});

asRoot("nothing is done in a folder below --root that is a bind mount of this machine's own", () => {
  const folder = tempFolder();
  // As in images that are made with the host's programs.
  const mount = 'mkdir -p "$1/usr/local"; mount --bind /usr/local "$1/usr/local"';
  const before = snapshot('/usr/local/sbin');
  const run = runMounted(folder, mount, [install, '--root', folder]);
  expect(run.status).toBe(1);
  expect(run.stderr).toContain(`leads out of ${folder}, to this machine's own /usr/local`);
  expect(snapshot('/usr/local/sbin')).toEqual(before);
});

test('without root and without --root it says what to do, and does nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kvmvlan-user-'));
  try {
    chmodSync(folder, 0o755);
    for (const file of ['install.sh', 'package.json'])
      copyFileSync(join(repositoryRoot, file), join(folder, file));
    const isRoot = process.getuid?.() === 0;
    const [command = '', ...args] = [
      ...(isRoot ? ['setpriv', '--reuid', '65534', '--clear-groups'] : []),
      'sh',
      join(folder, 'install.sh'),
    ];
    const run = spawnSync(command, args, { encoding: 'utf8' });
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('this needs root: sudo ./install.sh');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('--dry-run', () => {
  test('on a new host tells all, and makes nothing, not even the root', () => {
    const root = join(tempFolder(), 'root');
    const run = runInstall(checkout, ['--dry-run', '--root', root]);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('would make folders:');
    expect(run.stdout).toContain('would install qemu\n');
    expect(run.stdout).toContain(
      'would link qemu_started_begin.d/vlan_filtering -> ../qemu_start_begin.d/vlan_filtering',
    );
    expect(existsSync(root)).toBe(false);
  });

  test('tells what the real run then does, line by line', () => {
    const root = join(tempFolder(), 'root');
    write(join(root, 'etc/libvirt/hooks/qemu'), 'theirs\n', 0o755);
    write(join(root, 'etc/libvirt/hooks/conf/bridge_init.conf'), 'mine\n');
    const actions = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('  '));
    const infinitive = (line: string): string =>
      line
        .replace(/^ {2}made /, '  would make ')
        .replace(/^ {2}(install|link)ed /, '  would $1 ')
        .replace(/^ {2}kept /, '  would keep ')
        .replace(/^ {2}set aside /, '  would set aside ');
    const before = snapshot(root);
    const dry = runInstall(checkout, ['--dry-run', '--root', root]).stdout;
    expect(snapshot(root)).toEqual(before);
    const real = runInstall(checkout, ['--root', root]).stdout;
    const unwrapped = (text: string): string[] => actions(text.replace(/ *\n {4}/g, ' '));
    expect(unwrapped(dry)).toEqual(unwrapped(real).map(infinitive));
  });

  test('changes nothing on a host with all of it, nor with --uninstall', () => {
    const root = join(tempFolder(), 'root');
    runInstall(checkout, ['--root', root]);
    write(join(root, 'etc/libvirt/hooks/qemu'), 'theirs\n', 0o755);
    write(join(root, 'etc/libvirt/hooks/conf/bridge_init.conf'), 'mine\n');
    const before = [snapshot(root), snapshot(checkout)];
    runInstall(checkout, ['--dry-run', '--root', root]);
    const undo = runInstall(checkout, ['--uninstall', '--dry-run', '--root', root]);
    expect(undo.stdout).toContain('would remove daemon\n');
    expect([snapshot(root), snapshot(checkout)]).toEqual(before);
  });

  test.each(['lib/new.ts', 'docs/man/vlan_filtering.8', 'tsconfig.json'])(
    'with a build that is older than %s says that it would build',
    (source) => {
      const stale = standInCheckout();
      write(join(stale, source), 'new\n');
      const later = new Date(Date.now() + 60_000);
      utimesSync(join(stale, source), later, later);
      const root = join(tempFolder(), 'root');
      const before = snapshot(stale);
      const run = runInstall(stale, ['--dry-run', '--root', root]);
      expect(run.stdout).toContain('would build, in a temporary folder');
      expect(run.stdout).toContain('would install qemu\n');
      expect(snapshot(stale)).toEqual(before);
    },
  );

  test('with a copy of a built checkout, in which all times are new, that it is built', () => {
    const copied = standInCheckout();
    write(join(copied, 'lib/some.ts'), 'text\n');
    const sums = spawnSync('sha256sum', ['lib/some.ts', 'package.json'], { cwd: copied, encoding: 'utf8' });
    write(join(copied, 'build/dist/sources'), sums.stdout);
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(copied, 'lib/some.ts'), later, later);
    const args = ['--dry-run', '--root', join(tempFolder(), 'root')];
    expect(runInstall(copied, args).stdout).not.toContain('would build');
    write(join(copied, 'lib/some.ts'), 'edited\n');
    utimesSync(join(copied, 'lib/some.ts'), later, later);
    expect(runInstall(copied, args).stdout).toContain('would build');
  });
});

const events = listedItems().flatMap(({ kind, what }) => (kind === 'event' ? [what] : []));

test.each([
  ['install.sh and what network managers call', ['install.sh', ...events]],
  ['the headers of the bundles', ['-P', 'headers', 'headers/dispatcher.sh', 'headers/plugin.sh']],
  [
    'the scripts of the packages',
    [
      '-P',
      'packages',
      ...['preinst', 'postinst', 'prerm', 'postrm', 'post', 'preun'].map((name) => `packages/${name}`),
    ],
  ],
])('shellcheck finds nothing in %s', (_what, words) => {
  const paths = words.map((word) => word.replace(/^(headers|packages)/, join(repositoryRoot, 'build/$1')));
  const run = spawnSync('shellcheck', ['-x', '-a', ...paths], { cwd: repositoryRoot, encoding: 'utf8' });
  if (run.error) {
    if (process.env.KVMVLAN_REQUIRE_ALL_TIERS === '1') throw new Error('shellcheck is not installed');
    process.stderr.write('install: shellcheck is not installed, no shell file was checked with it\n');
    return;
  }
  expect(run.stdout).toBe('');
});
