import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dispatcherHeader, pluginHeader } from '../../build/header';
import { listedItems, standInBundle, standInCheckout, write } from './checkout';
import { runInstall } from './run_install';
import { snapshot } from './snapshot';
import { tempFolder } from './temp_folder';

const checkout = standInCheckout();

/** A root in which these files were before kvmvlan came. */
function hostWith(files: Record<string, string>): { root: string; hooks: string } {
  const root = join(tempFolder(), 'root');
  const hooks = join(root, 'etc/libvirt/hooks');
  for (const [name, text] of Object.entries(files)) write(join(hooks, name), text, 0o755);
  return { root, hooks };
}

function install(root: string): string {
  const run = runInstall(checkout, ['--root', root]);
  expect(run).toMatchObject({ status: 0, stderr: '' });
  return run.stdout;
}

test('a hook of somebody else is kept, and how to go on using it is said', () => {
  const { root, hooks } = hostWith({ qemu: '#!/bin/sh\necho mine\n' });
  const inode = lstatSync(join(hooks, 'qemu')).ino;
  const said = install(root);
  expect(said).toContain('set aside qemu -> qemu.before-kvmvlan.bak');
  expect(said).toContain(
    `${hooks}/qemu did not belong to kvmvlan: it is kept as ${hooks}/qemu.before-kvmvlan.bak.`,
  );
  expect(said).toContain(`'${hooks}/qemu.d/former'`);
  expect(lstatSync(join(hooks, 'qemu.before-kvmvlan.bak')).ino).toBe(inode);
  expect(readFileSync(join(hooks, 'qemu'), 'utf8')).toContain('# kvmvlan ');
});

test.each([
  ['speaks of kvmvlan', '#!/bin/sh\n# kvmvlan replaced the old script; this one is mine\nexit 0\n'],
  ['is another hook of ours', standInBundle('vlan_filtering')],
])('a hook that %s is not taken for ours, and kept', (_what, text) => {
  const { root, hooks } = hostWith({ qemu: text });
  expect(install(root)).toContain('set aside qemu -> qemu.before-kvmvlan.bak');
  expect(readFileSync(join(hooks, 'qemu.before-kvmvlan.bak'), 'utf8')).toBe(text);
});

test('the header that the build writes is the one that is looked for', () => {
  const root = join(tempFolder(), 'root');
  const qemu = join(root, 'etc/libvirt/hooks/qemu');
  write(qemu, dispatcherHeader('qemu', '0.9.0'), 0o755);
  const plugin = join(root, 'etc/libvirt/hooks/daemon_start.d/bridge_init');
  write(plugin, pluginHeader('bridge_init', '0.9.0', '/usr/bin/node'), 0o755);
  const said = install(root);
  expect(said).toContain('updated qemu\n');
  expect(said).toContain('updated daemon_start.d/bridge_init\n');
});

test('a second foreign hook does not overwrite the first', () => {
  const { root, hooks } = hostWith({ qemu: 'first\n' });
  install(root);
  write(join(hooks, 'qemu'), 'second\n', 0o755);
  install(root);
  expect(readFileSync(join(hooks, 'qemu.before-kvmvlan.bak'), 'utf8')).toBe('first\n');
  expect(readFileSync(join(hooks, 'qemu.before-kvmvlan.2.bak'), 'utf8')).toBe('second\n');
});

test('a hook that is a link to elsewhere is kept as that link', () => {
  const { root, hooks } = hostWith({});
  mkdirSync(hooks, { recursive: true });
  symlinkSync('/opt/theirs/qemu', join(hooks, 'qemu'));
  install(root);
  expect(readlinkSync(join(hooks, 'qemu.before-kvmvlan.bak'))).toBe('/opt/theirs/qemu');
  expect(lstatSync(join(hooks, 'qemu')).isFile()).toBe(true);
});

test('a folder in the place of a hook is kept', () => {
  const { root, hooks } = hostWith({ 'qemu/readme': 'x\n' });
  install(root);
  expect(readFileSync(join(hooks, 'qemu.before-kvmvlan.bak/readme'), 'utf8')).toBe('x\n');
});

test('a foreign script under one of our names in a phase folder gets a name that is not run', () => {
  const { root, hooks } = hostWith({ 'qemu_started_begin.d/vlan_filtering': '#!/bin/sh\n: theirs\n' });
  install(root);
  expect(existsSync(join(hooks, 'qemu_started_begin.d/vlan_filtering.before-kvmvlan.bak'))).toBe(true);
});

test('scripts under other names stay as they are', () => {
  const files = { 'qemu_started_begin.d/50-mine': 'x\n', 'qemu.d/theirs': 'y\n', bhyve: 'z\n' };
  const { root, hooks } = hostWith(files);
  install(root);
  for (const [name, text] of Object.entries(files))
    expect(readFileSync(join(hooks, name), 'utf8')).toBe(text);
});

test('a command of that name on the PATH is kept', () => {
  const { root } = hostWith({});
  write(join(root, 'usr/local/sbin/bridge_init'), 'theirs\n', 0o755);
  const said = install(root);
  const kept = join(root, 'usr/local/sbin/bridge_init.before-kvmvlan.bak');
  expect(said).toContain(`kept as ${kept}`);
  expect(readFileSync(kept, 'utf8')).toBe('theirs\n');
});

describe('man pages, completions and units', () => {
  const texts = listedItems().filter(({ kind }) => ['text', 'unit', 'event'].includes(kind));

  test('of somebody else are kept, and come back', () => {
    const { root } = hostWith({});
    for (const { where } of texts) write(join(root, where), `theirs, ${where}\n`);
    const said = install(root);
    for (const { where, what } of texts) {
      const path = join(root, where);
      expect(said).toContain(
        `${path} was edited or did not belong to kvmvlan: it is kept as ${path}.before-kvmvlan.bak`,
      );
      expect(readFileSync(path, 'utf8')).toBe(`${what}\n`);
    }
    expect(install(root)).toContain('Everything is up to date');
    runInstall(checkout, ['--root', root, '--uninstall']);
    for (const { where } of texts) expect(readFileSync(join(root, where), 'utf8')).toBe(`theirs, ${where}\n`);
  });

  test('follow the version where nobody has edited them, and are kept where somebody has', () => {
    const { root } = hostWith({});
    const newer = standInCheckout();
    install(root);
    const [edited, ...others] = texts.map(({ where, what }) => ({ path: join(root, where), what }));
    write(edited?.path ?? '', 'edited\n');
    for (const { what } of texts) write(join(newer, what), 'of the next version\n');
    const said = runInstall(newer, ['--root', root]).stdout;
    for (const { path } of texts.map(({ where }) => ({ path: join(root, where) })))
      expect(readFileSync(path, 'utf8')).toBe('of the next version\n');
    expect(readFileSync(`${edited?.path}.before-kvmvlan.bak`, 'utf8')).toBe('edited\n');
    for (const { path } of others) {
      expect(said).toContain(`updated ${path}\n`);
      expect(existsSync(`${path}.before-kvmvlan.bak`)).toBe(false);
    }
  });

  test('that are masked stay so', () => {
    const { root } = hostWith({});
    const unit = join(root, texts.find(({ kind }) => kind === 'unit')?.where ?? '');
    mkdirSync(dirname(unit), { recursive: true });
    symlinkSync('/dev/null', unit);
    expect(install(root)).toContain(`${unit} is masked`);
    expect(readlinkSync(unit)).toBe('/dev/null');
  });
});

test('a hook that cannot be set aside is left as it is, and so is the run', () => {
  const { root, hooks } = hostWith({ qemu: 'theirs\n' });
  const stubs = tempFolder('kvmvlan-stubs-');
  write(join(stubs, 'ln'), '#!/bin/sh\n[ "$1" != -P ] || exit 1\nexec /bin/ln "$@"\n', 0o755);
  const run = runInstall(checkout, ['--root', root], { PATH: `${stubs}:${process.env.PATH}` });
  expect(run.status).toBe(1);
  expect(run.stderr).toBe(`install.sh: ${hooks}/qemu could not be set aside, so it was not changed\n`);
  expect(readFileSync(join(hooks, 'qemu'), 'utf8')).toBe('theirs\n');
  expect(snapshot(root).filter((line) => line.includes('.kvmvlan.'))).toEqual([]);
});

/** The shapes of what users of the predecessor and of the per-guest helper have. */
const predecessor = '#!/bin/bash\nSCRIPT_DIR="/etc/libvirt/hooks/qemu_${2}_${3}.d"\n';
const perGuestHelper = '#!/bin/bash\nHOOKPATH="$(realpath "$0").d/$1/$2/$3"\n';

test('of hooks whose work kvmvlan does itself that is said, and not to run them beside it', () => {
  for (const [text, expected] of [
    [predecessor, 'It ran the scripts in qemu_<phase>.d. kvmvlan also runs them'],
    [perGuestHelper, 'It seems to run qemu.d/<guest>/<operation>/<sub-operation>. kvmvlan also runs these'],
  ] as const) {
    const { root } = hostWith({ qemu: text });
    const said = install(root);
    expect(said).toContain(expected);
    expect(said).not.toContain('former');
  }
});

test("the predecessor's scripts, which share conf and logs with ours, are set aside and come back", () => {
  const { root, hooks } = hostWith({
    qemu: predecessor,
    daemon: predecessor,
    'daemon_start.d/bridge_init.py': 'old\n',
    'qemu_started_begin.d/vlan_filtering.py': 'old\n',
    'conf/bridge_init.conf': '[br0]\ntrunk-port = eth0\n',
  });
  mkdirSync(join(hooks, 'daemon_reload.d'));
  symlinkSync('../daemon_start.d/bridge_init.py', join(hooks, 'daemon_reload.d/bridge_init.py'));
  const before = snapshot(hooks, 'content');
  const said = install(root);
  expect(said).toContain("bridge_init.py is kvmvlan's predecessor");
  for (const name of ['daemon_start.d/bridge_init.py', 'qemu_started_begin.d/vlan_filtering.py']) {
    expect(existsSync(join(hooks, name))).toBe(false);
    expect(readFileSync(join(hooks, `${name}.before-kvmvlan.bak`), 'utf8')).toBe('old\n');
  }
  expect(existsSync(join(hooks, 'daemon_reload.d/bridge_init.py'))).toBe(false);

  expect(runInstall(checkout, ['--root', root, '--uninstall']).status).toBe(0);
  expect(snapshot(hooks, 'content')).toEqual(expect.arrayContaining(before));
});
