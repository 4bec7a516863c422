import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { listedItems, standInBundle, standInCheckout, write } from './checkout';
import { runInstall } from './run_install';
import { snapshot } from './snapshot';
import { tempFolder } from './temp_folder';

const checkout = standInCheckout();

function installed(): { root: string; hooks: string } {
  const root = join(tempFolder(), 'root');
  expect(runInstall(checkout, ['--root', root])).toMatchObject({ status: 0, stderr: '' });
  return { root, hooks: join(root, 'etc/libvirt/hooks') };
}

test('the list of what is installed holds the paths users know', () => {
  const paths = listedItems().map(({ where }) => where);
  for (const path of [
    'daemon',
    'qemu',
    'network',
    'lxc',
    'libxl',
    'bin/kvmvlan',
    'daemon_start.d/bridge_init',
    'daemon_reload.d/bridge_init',
    'network_started_begin.d/bridge_init',
    'qemu_start_begin.d/vlan_filtering',
    'qemu_started_begin.d/vlan_filtering',
    'daemon_start.d/vlan_filtering',
    'conf/bridge_init.conf',
    'conf/vlan_filtering.conf',
    'conf/dispatch.conf',
  ])
    expect(paths).toContain(`/etc/libvirt/hooks/${path}`);
  expect(paths).toEqual(
    expect.arrayContaining(
      ['bridge_init', 'vlan_filtering', 'kvmvlan'].map((name) => `/usr/local/sbin/${name}`),
    ),
  );
});

test('all of the list is there, with its modes, and real files inside the hooks root', () => {
  const { root } = installed();
  for (const { kind, what, where } of listedItems()) {
    if (kind === 'gone') {
      expect(() => lstatSync(join(root, where))).toThrow('ENOENT');
      continue;
    }
    const stat = lstatSync(join(root, where));
    const mode = (stat.mode & 0o7777).toString(8).padStart(4, '0');
    if (kind === 'dir') expect([where, stat.isDirectory(), mode]).toEqual([where, true, what]);
    if (kind === 'hook' || kind === 'event')
      expect([where, stat.isFile(), mode]).toEqual([where, true, '0755']);
    if (['conf', 'text', 'unit', 'data'].includes(kind))
      expect([where, stat.isFile(), mode]).toEqual([where, true, '0644']);
    if (kind === 'link') expect([where, readlinkSync(join(root, where))]).toEqual([where, what]);
  }
});

test('a link inside the hooks root is relative, and leads to a hook', () => {
  const { hooks } = installed();
  expect(readlinkSync(join(hooks, 'qemu_started_begin.d/vlan_filtering'))).toBe(
    '../qemu_start_begin.d/vlan_filtering',
  );
  const call = spawnSync(join(hooks, 'qemu_started_begin.d/vlan_filtering'), ['VM1'], { encoding: 'utf8' });
  expect(call.stdout).toMatch(/^build\/dist\/hooks\/qemu_start_begin.d\/vlan_filtering \/\S+ VM1\n$/);
});

test('a link of a version before is removed; what else is in its place or beside it stays', () => {
  const { root, hooks } = installed();
  const old = join(hooks, 'qemu_reconnect_begin.d/vlan_filtering');
  const own = join(hooks, 'qemu_reconnect_begin.d/50-own');
  symlinkSync('../qemu_start_begin.d/vlan_filtering', old);
  write(own, '#!/bin/sh\n', 0o755);
  const run = (...args: string[]): string => {
    const done = runInstall(checkout, ['--root', root, ...args]);
    expect(done).toMatchObject({ status: 0, stderr: '' });
    return done.stdout;
  };
  expect(run('--dry-run')).toContain('  would remove qemu_reconnect_begin.d/vlan_filtering\n');
  expect(lstatSync(old).isSymbolicLink()).toBe(true);
  expect(run()).toContain('  removed qemu_reconnect_begin.d/vlan_filtering\n');
  expect(() => lstatSync(old)).toThrow('ENOENT');
  expect(lstatSync(own).isFile()).toBe(true);
  for (const target of ['/dev/null', '50-own']) {
    symlinkSync(target, old);
    expect(run()).toContain('nothing was changed');
    expect(readlinkSync(old)).toBe(target);
    rmSync(old);
  }
});

test('no temporary file is left', () => {
  const { root } = installed();
  expect(snapshot(root).filter((line) => line.includes('.kvmvlan.'))).toEqual([]);
});

test('a second run writes nothing at all', () => {
  const { root } = installed();
  const before = snapshot(root);
  const again = runInstall(checkout, ['--root', root]);
  expect(again.stdout).toContain('Everything is up to date; nothing was changed.');
  expect(snapshot(root)).toEqual(before);
});

test('only the hook that differs is written again', () => {
  const { root, hooks } = installed();
  write(join(hooks, 'qemu'), standInBundle('qemu', '0.9.0'), 0o755);
  const before = snapshot(root).filter((line) => !/^etc\/libvirt\/hooks\/qemu:/.test(line));
  const again = runInstall(checkout, ['--root', root]);
  expect(again.stdout).toContain('updated qemu\n');
  expect(again.stdout.match(/^ {2}\w/gm)).toHaveLength(1);
  const changed = snapshot(root).filter((line) => !before.includes(line));
  expect(changed.map((line) => line.split(':')[0])).toEqual(['etc/libvirt/hooks', 'etc/libvirt/hooks/qemu']);
});

test('a hook that lost its mode gets it back, and keeps its content', () => {
  const { root, hooks } = installed();
  chmodSync(join(hooks, 'qemu'), 0o777);
  expect(runInstall(checkout, ['--root', root]).stdout).toContain('corrected the mode of qemu (0755)');
  expect(lstatSync(join(hooks, 'qemu')).mode & 0o7777).toBe(0o755);
});

test('a logs folder that was opened to others stays so', () => {
  const { root, hooks } = installed();
  chmodSync(join(hooks, 'logs'), 0o755);
  runInstall(checkout, ['--root', root]);
  expect(lstatSync(join(hooks, 'logs')).mode & 0o7777).toBe(0o755);
});

test.each([
  ['a link to /dev/null', (path: string) => symlinkSync('/dev/null', path)],
  ['an empty file', (path: string) => write(path, '')],
])('a mask (%s) is left', (_what, mask) => {
  const { root, hooks } = installed();
  const masked = join(hooks, 'qemu_started_begin.d/vlan_filtering');
  rmSync(masked);
  mask(masked);
  const before = snapshot(root);
  const again = runInstall(checkout, ['--root', root]);
  expect(again.stdout).toContain(`${masked} is masked`);
  expect(snapshot(root)).toEqual(before);
});

test('of a mask that ends more than its phase, and of a better way, is told', () => {
  const { root, hooks } = installed();
  const hook = join(hooks, 'qemu_start_begin.d/vlan_filtering');
  rmSync(hook);
  symlinkSync('/dev/null', hook);
  const said = runInstall(checkout, ['--root', root]).stdout;
  expect(said).toContain(`${hook} is masked`);
  expect(said).toContain('.\n    It does not run in other phases or as a command either');
  expect(said).toContain(
    `write enabled = no into the section [vlan_filtering] of ${hooks}/conf/dispatch.conf`,
  );
  rmSync(join(hooks, 'lxc'));
  symlinkSync('/dev/null', join(hooks, 'lxc'));
  rmSync(hook);
  expect(runInstall(checkout, ['--root', root]).stdout).not.toContain('other phases');
});

test('a link of before, by an absolute path, is replaced, and no backup made of it', () => {
  const { root, hooks } = installed();
  const link = join(hooks, 'daemon_reload.d/bridge_init');
  rmSync(link);
  symlinkSync(join(hooks, 'daemon_start.d/bridge_init'), link);
  expect(runInstall(checkout, ['--root', root]).stdout).not.toContain('set aside');
  expect(readlinkSync(link)).toBe('../daemon_start.d/bridge_init');
});

test('a bundle without the header is refused before anything is touched', () => {
  const broken = standInCheckout();
  write(join(broken, 'build/dist/hooks/network'), '#!/bin/sh\nexit 0\n');
  const root = join(tempFolder(), 'root');
  const run = runInstall(broken, ['--root', root]);
  expect(run.status).toBe(1);
  expect(run.stderr).toContain('build/dist/hooks/network is not a hook of kvmvlan');
  expect(snapshot(root)).toEqual([]);
});

test('an incomplete checkout is refused before anything is touched', () => {
  const broken = standInCheckout();
  rmSync(join(broken, 'conf/dispatch.conf'));
  const root = join(tempFolder(), 'root');
  const run = runInstall(broken, ['--root', root]);
  expect(run.status).toBe(1);
  expect(run.stderr).toContain('conf/dispatch.conf is missing: this checkout is incomplete');
  expect(snapshot(root)).toEqual([]);
});

test('with --root a link that leads out of it is not followed', () => {
  const outside = tempFolder();
  const root = join(tempFolder(), 'root');
  mkdirSync(root);
  symlinkSync(outside, join(root, 'etc'));
  const run = runInstall(checkout, ['--root', root]);
  expect(run.status).toBe(1);
  expect(run.stderr).toContain(`leads out of ${root}, to ${outside}`);
  expect(snapshot(outside)).toEqual([]);
});

test.each(['link', 'folder'])('a %s in the place of conf/.shipped is not read, nor written', (kind) => {
  const secret = join(tempFolder(), 'shadow');
  write(secret, 'root:secret\n', 0o600);
  const root = join(tempFolder(), 'root');
  const list = join(root, 'etc/libvirt/hooks/conf/.shipped');
  mkdirSync(kind === 'folder' ? list : dirname(list), { recursive: true });
  if (kind === 'link') symlinkSync(secret, list);
  const before = snapshot(root);
  for (const args of [[], ['--dry-run'], ['--uninstall']]) {
    const run = runInstall(checkout, ['--root', root, ...args]);
    expect(run.status).toBe(1);
    expect(run.stderr).toBe(
      `install.sh: ${list} is a link or not a regular file: check it, then remove it and run this again\n`,
    );
    expect(snapshot(root)).toEqual(before);
  }
  expect(readFileSync(secret, 'utf8')).toBe('root:secret\n');
});

test('nor is anything set aside in a phase folder that is a link out of --root', () => {
  const outside = tempFolder();
  write(join(outside, 'vlan_filtering.py'), 'theirs\n', 0o755);
  const { root, hooks } = installed();
  symlinkSync(outside, join(hooks, 'qemu_attach_begin.d'));
  const before = snapshot(outside, 'content');
  expect(runInstall(checkout, ['--root', root])).toMatchObject({ status: 0, stderr: '' });
  expect(snapshot(outside, 'content')).toEqual(before);
});

test('a file where a folder belongs is set aside', () => {
  const root = join(tempFolder(), 'root');
  write(join(root, 'etc/libvirt/hooks/qemu_start_begin.d'), 'not a folder\n');
  const run = runInstall(checkout, ['--root', root]);
  expect(run).toMatchObject({ status: 0, stderr: '' });
  const kept = join(root, 'etc/libvirt/hooks/qemu_start_begin.d.before-kvmvlan.bak');
  expect(run.stdout).toContain(`was not a folder: it is kept as ${kept}`);
  expect(readFileSync(kept, 'utf8')).toBe('not a folder\n');
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot('a phase folder that others may write is pointed out: root runs nothing out of it', () => {
  const { root, hooks } = installed();
  chmodSync(join(hooks, 'qemu_start_begin.d'), 0o775);
  const said = runInstall(checkout, ['--root', root]).stdout;
  expect(said).toContain(`${hooks}/qemu_start_begin.d can be written by users other than root`);
  expect(lstatSync(join(hooks, 'qemu_start_begin.d')).mode & 0o7777).toBe(0o775);
});

asRoot('a hook that is not owned by root is mended', () => {
  const { root, hooks } = installed();
  chownSync(join(hooks, 'qemu'), 65534, 65534);
  expect(runInstall(checkout, ['--root', root]).stdout).toContain('corrected the owner of qemu (root)');
  expect(lstatSync(join(hooks, 'qemu')).uid).toBe(0);
});

test('the root may be named relative to where one is', () => {
  const folder = tempFolder();
  const run = spawnSync('sh', [join(checkout, 'install.sh'), '--root', 'sub/root'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(run.status).toBe(0);
  expect(lstatSync(join(folder, 'sub/root/etc/libvirt/hooks/qemu')).isFile()).toBe(true);
});
