import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { listedItems, standInCheckout, write } from './checkout';
import { runInstall } from './run_install';
import { snapshot } from './snapshot';
import { tempFolder } from './temp_folder';

const checkout = standInCheckout();

function fresh(): { root: string; hooks: string } {
  const root = join(tempFolder(), 'root');
  return { root, hooks: join(root, 'etc/libvirt/hooks') };
}

function run(root: string, ...args: string[]): string {
  const done = runInstall(checkout, ['--root', root, ...args]);
  expect(done).toMatchObject({ status: 0, stderr: '' });
  return done.stdout;
}

test('is refused while a change waits to be confirmed: what rolls it back would go', () => {
  const { root } = fresh();
  run(root);
  write(join(root, 'var/lib/kvmvlan/pending.json'), '{}\n');
  const before = snapshot(root, 'content');
  const refused = runInstall(checkout, ['--root', root, '--uninstall']);
  expect(refused).toMatchObject({ status: 1, stdout: '' });
  expect(refused.stderr.replace(/\s+/g, ' ')).toContain(
    'Run kvmvlan confirm or kvmvlan undo, then run this again.',
  );
  expect(snapshot(root, 'content')).toEqual(before);
  run(root);
});

test('conf and logs stay, all else of ours goes', () => {
  const { root, hooks } = fresh();
  run(root);
  write(join(hooks, 'conf/vlan_filtering.conf'), 'mine\n');
  write(join(hooks, 'logs/dispatch.log'), '{}\n');
  const said = run(root, '--uninstall');
  expect(said).toContain(`conf and logs are kept: ${hooks}/conf, ${hooks}/logs`);
  const left = snapshot(root, 'content').map((line) => line.split(':')[0]);
  expect(left).toEqual([
    'etc',
    'etc/NetworkManager',
    'etc/NetworkManager/dispatcher.d',
    'etc/libvirt',
    'etc/libvirt/hooks',
    'etc/libvirt/hooks/conf',
    'etc/libvirt/hooks/conf/.shipped',
    'etc/libvirt/hooks/conf/bridge_init.conf',
    'etc/libvirt/hooks/conf/dispatch.conf',
    'etc/libvirt/hooks/conf/vlan_filtering.conf',
    'etc/libvirt/hooks/logs',
    'etc/libvirt/hooks/logs/dispatch.log',
    'etc/network',
    'etc/network/if-up.d',
    'etc/networkd-dispatcher',
    'etc/networkd-dispatcher/configured.d',
    'usr',
    'usr/local',
    'usr/local/lib',
    'usr/local/lib/systemd',
    'usr/local/lib/systemd/catalog',
    'usr/local/lib/systemd/system',
    'usr/local/sbin',
    'usr/local/share',
    'usr/local/share/bash-completion',
    'usr/local/share/bash-completion/completions',
    'usr/local/share/man',
    'usr/local/share/man/man5',
    'usr/local/share/man/man8',
    'usr/local/share/zsh',
    'usr/local/share/zsh/site-functions',
  ]);
  expect(readFileSync(join(hooks, 'conf/vlan_filtering.conf'), 'utf8')).toBe('mine\n');
});

test('installing again afterwards finds the edited conf', () => {
  const { root, hooks } = fresh();
  run(root);
  write(join(hooks, 'conf/vlan_filtering.conf'), 'mine\n');
  run(root, '--uninstall');
  run(root);
  expect(readFileSync(join(hooks, 'conf/vlan_filtering.conf'), 'utf8')).toBe('mine\n');
});

test('what was set aside comes back, the newest where there are two', () => {
  const { root, hooks } = fresh();
  write(join(hooks, 'qemu'), 'first\n', 0o755);
  run(root);
  write(join(hooks, 'qemu'), 'second\n', 0o755);
  run(root);
  expect(run(root, '--uninstall')).toContain('put back qemu (was qemu.before-kvmvlan.2.bak)');
  expect(readFileSync(join(hooks, 'qemu'), 'utf8')).toBe('second\n');
  expect(readFileSync(join(hooks, 'qemu.before-kvmvlan.bak'), 'utf8')).toBe('first\n');
});

test('what was set aside comes back, the newest of many, though older ones were removed', () => {
  const { root, hooks } = fresh();
  for (let number = 1; number <= 11; number++) {
    write(join(hooks, 'qemu'), `number ${number}\n`, 0o755);
    run(root);
  }
  for (const number of ['', '.3', '.4']) rmSync(join(hooks, `qemu.before-kvmvlan${number}.bak`));
  write(join(hooks, 'qemu'), 'number 12\n', 0o755);
  expect(run(root)).toContain('set aside qemu -> qemu.before-kvmvlan.12.bak');
  expect(run(root, '--uninstall')).toContain('put back qemu (was qemu.before-kvmvlan.12.bak)');
  expect(readFileSync(join(hooks, 'qemu'), 'utf8')).toBe('number 12\n');
});

test.each([
  ['etc/libvirt/hooks/daemon', 'a hook'],
  ['etc/libvirt/hooks/qemu_started_begin.d/vlan_filtering', 'a link in a phase folder'],
  ['usr/local/sbin/bridge_init', 'a command'],
  ['etc/libvirt/hooks/daemon_start.d/bridge_init.py', "the predecessor's script"],
])('what was set aside comes back even if ours has gone already: %s, %s', (path) => {
  const { root } = fresh();
  write(join(root, path), 'theirs\n', 0o755);
  run(root);
  rmSync(join(root, path), { force: true });
  const dry = run(root, '--uninstall', '--dry-run');
  expect(dry.match(/would put back .*/g)).toHaveLength(1);
  const said = run(root, '--uninstall');
  expect(said.match(/put back .*/g)).toHaveLength(1);
  expect(said).not.toContain('it was not removed');
  expect(readFileSync(join(root, path), 'utf8')).toBe('theirs\n');
  expect(existsSync(join(root, `${path}.before-kvmvlan.bak`))).toBe(false);
});

test('a hook that went on as qemu.d/former, as the installer advises, does not run twice afterwards', () => {
  const root = join(tempFolder('kvmvlan-'), 'root');
  const hooks = join(root, 'etc/libvirt/hooks');
  write(join(hooks, 'qemu'), '#!/bin/sh\n: theirs\n', 0o755);
  const [advised = ''] = /install -D -m 0755 .*/.exec(run(root)) ?? [];
  expect(spawnSync('sh', ['-c', advised]).status).toBe(0);
  expect(existsSync(join(hooks, 'qemu.d/former'))).toBe(true);
  expect(run(root, '--uninstall', '--dry-run')).toContain('would remove qemu.d/former (the same as qemu');
  expect(run(root, '--uninstall')).toContain(
    'removed qemu.d/former (the same as qemu, which libvirt calls again)',
  );
  expect(existsSync(join(hooks, 'qemu.d'))).toBe(false);
  expect(readFileSync(join(hooks, 'qemu'), 'utf8')).toContain('theirs');
});

test("a script of people's own in qemu.d stays, also where it is the very hook that comes back", () => {
  const { root, hooks } = fresh();
  const theirs = '#!/bin/sh\nexec /usr/local/lib/hooks/$(basename "$0") "$@"\n';
  write(join(hooks, 'qemu'), theirs, 0o755);
  write(join(hooks, 'qemu.d/50-gpu'), theirs, 0o755);
  symlinkSync('../qemu', join(hooks, 'qemu.d/60-x'));
  const before = snapshot(join(hooks, 'qemu.d'), 'content');
  run(root);
  run(root, '--uninstall');
  expect(readFileSync(join(hooks, 'qemu'), 'utf8')).toBe(theirs);
  expect(snapshot(join(hooks, 'qemu.d'), 'content')).toEqual(before);
});

test('with --root nothing is removed by a link that leads out of it', () => {
  const { root } = fresh();
  const live = join(tempFolder(), 'live');
  run(live);
  const before = snapshot(live, 'content');
  write(join(root, 'a'), '');
  symlinkSync(join(live, 'etc'), join(root, 'etc'));
  const done = runInstall(checkout, ['--root', root, '--uninstall']);
  expect(done.status).not.toBe(0);
  expect(done.stderr).toContain(`leads out of ${root}, to ${live}`);
  expect(snapshot(live, 'content')).toEqual(before);
});

test('nor is anything put back or removed behind a link that a folder of scripts is', () => {
  const { root, hooks } = fresh();
  run(root);
  const outside = tempFolder();
  const theirs = '#!/bin/sh\n: theirs\n';
  write(join(outside, 'x.before-kvmvlan.bak'), theirs);
  write(join(outside, 'former'), theirs, 0o755);
  write(join(hooks, 'qemu.before-kvmvlan.bak'), theirs, 0o755);
  symlinkSync(outside, join(hooks, 'qemu_attach_begin.d'));
  symlinkSync(outside, join(hooks, 'qemu.d'));
  const before = snapshot(outside, 'content');
  run(root, '--uninstall');
  expect(readFileSync(join(hooks, 'qemu'), 'utf8')).toBe(theirs);
  expect(snapshot(outside, 'content')).toEqual(before);
});

test('what else is in qemu.d stays, and an edited former is told', () => {
  const { root, hooks } = fresh();
  write(join(hooks, 'qemu'), '#!/bin/sh\n: theirs\n', 0o755);
  run(root);
  write(join(hooks, 'qemu.d/former'), '#!/bin/sh\n: edited\n', 0o755);
  write(join(hooks, 'qemu.d/VM1/start/begin'), '#!/bin/sh\n: theirs\n', 0o755);
  expect(run(root, '--uninstall')).toContain(
    `libvirt runs both ${hooks}/qemu.d/former and ${hooks}/qemu: remove the former if it does the same`,
  );
  expect(existsSync(join(hooks, 'qemu.d/VM1/start/begin'))).toBe(true);
});

test('a file that stood where a folder belongs comes back', () => {
  const { root, hooks } = fresh();
  write(join(hooks, 'qemu_stopped_end.d'), 'theirs\n');
  run(root);
  run(root, '--uninstall');
  expect(readFileSync(join(hooks, 'qemu_stopped_end.d'), 'utf8')).toBe('theirs\n');
});

test('what somebody else put into our place, and masks, are left alone', () => {
  const { root, hooks } = fresh();
  run(root);
  write(join(hooks, 'qemu'), 'theirs\n', 0o755);
  const mask = join(hooks, 'qemu_started_begin.d/vlan_filtering');
  rmSync(mask);
  symlinkSync('/dev/null', mask);
  write(join(hooks, 'qemu_stopped_end.d/50-theirs'), 'theirs\n', 0o755);
  const said = run(root, '--uninstall');
  expect(said).toContain(`${hooks}/qemu was edited or does not belong to kvmvlan: it was not removed`);
  expect(said).toContain(
    `${hooks}/qemu_stopped_end.d was not removed: it contains files that do not belong to kvmvlan`,
  );
  expect(readFileSync(join(hooks, 'qemu'), 'utf8')).toBe('theirs\n');
  expect(existsSync(mask)).toBe(true);
  expect(readFileSync(join(hooks, 'qemu_stopped_end.d/50-theirs'), 'utf8')).toBe('theirs\n');
});

test('a man page, a completion and a unit that somebody has edited are left alone', () => {
  const { root } = fresh();
  run(root);
  const edited = listedItems().filter(({ kind }) => ['text', 'unit', 'data', 'event'].includes(kind));
  for (const { where } of edited) write(join(root, where), 'mine\n');
  const said = run(root, '--uninstall');
  for (const { where } of edited) {
    expect(said).toContain(
      `${join(root, where)} was edited or does not belong to kvmvlan: it was not removed`,
    );
    expect(readFileSync(join(root, where), 'utf8')).toBe('mine\n');
  }
});

test('where nothing is, nothing is done', () => {
  const { root } = fresh();
  expect(run(root, '--uninstall')).toContain('kvmvlan is not installed here.');
  expect(existsSync(root)).toBe(false);
});

test('it needs nothing but install.sh itself', () => {
  const { root, hooks } = fresh();
  run(root);
  const bare = standInCheckout();
  for (const name of ['build', 'conf', 'package.json', 'hooks', 'lib'])
    rmSync(join(bare, name), { recursive: true });
  expect(runInstall(bare, ['--root', root, '--uninstall'])).toMatchObject({ status: 0, stderr: '' });
  expect(existsSync(join(hooks, 'qemu'))).toBe(false);
});
