import { existsSync, lstatSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { standInCheckout, write } from './checkout';
import { runInstall } from './run_install';
import { snapshot } from './snapshot';
import { tempFolder } from './temp_folder';

const sample = 'conf/vlan_filtering.conf';

interface Host {
  checkout: string;
  root: string;
  conf: string;
}

function host(): Host {
  const root = join(tempFolder(), 'root');
  return {
    checkout: standInCheckout(),
    root,
    conf: join(root, 'etc/libvirt/hooks', sample),
  };
}

/** Installs a version with this sample, and gives back what was said. */
function installSample({ checkout, root }: Host, text: string): string {
  write(join(checkout, sample), text);
  const run = runInstall(checkout, ['--root', root]);
  expect(run).toMatchObject({ status: 0, stderr: '' });
  return run.stdout;
}

test('a sample nobody edited follows the version, silently', () => {
  const on = host();
  installSample(on, 'one\n');
  const said = installSample(on, 'two\n');
  expect(said).toContain('updated conf/vlan_filtering.conf (it was the earlier sample, not edited)');
  expect(readFileSync(on.conf, 'utf8')).toBe('two\n');
  expect(existsSync(`${on.conf}.new`)).toBe(false);
});

test('an edited conf stays, to the inode, and the sample is put beside it', () => {
  const on = host();
  installSample(on, 'one\n');
  write(on.conf, 'mine\n', 0o600);
  const before = lstatSync(on.conf, { bigint: true });
  const said = installSample(on, 'two\n');
  expect(said).toContain(
    'kept your conf/vlan_filtering.conf; the new sample is next to it: vlan_filtering.conf.new',
  );
  const after = lstatSync(on.conf, { bigint: true });
  expect([after.ino, after.mtimeNs, after.mode]).toEqual([before.ino, before.mtimeNs, before.mode]);
  expect(readFileSync(on.conf, 'utf8')).toBe('mine\n');
  expect(readFileSync(`${on.conf}.new`, 'utf8')).toBe('two\n');
});

test('the sample goes beside an edited conf with the same version too', () => {
  const on = host();
  installSample(on, 'one\n');
  write(on.conf, 'mine\n');
  installSample(on, 'one\n');
  expect(readFileSync(`${on.conf}.new`, 'utf8')).toBe('one\n');
});

test('once offered and removed, a sample is not offered again, but the next one is', () => {
  const on = host();
  installSample(on, 'one\n');
  write(on.conf, 'mine\n');
  installSample(on, 'two\n');
  rmSync(`${on.conf}.new`);
  const before = snapshot(on.root);
  expect(installSample(on, 'two\n')).toContain('Everything is up to date');
  expect(snapshot(on.root)).toEqual(before);
  installSample(on, 'three\n');
  expect(readFileSync(`${on.conf}.new`, 'utf8')).toBe('three\n');
});

test('a .new that somebody has edited is kept when the next one comes', () => {
  const on = host();
  installSample(on, 'one\n');
  write(on.conf, 'mine\n');
  installSample(on, 'two\n');
  write(`${on.conf}.new`, 'two, merged with mine\n');
  const said = installSample(on, 'three\n');
  expect(said).toContain(
    'set aside conf/vlan_filtering.conf.new -> conf/vlan_filtering.conf.new.before-kvmvlan.bak',
  );
  expect(readFileSync(`${on.conf}.new.before-kvmvlan.bak`, 'utf8')).toBe('two, merged with mine\n');
  expect(readFileSync(`${on.conf}.new`, 'utf8')).toBe('three\n');
  installSample(on, 'four\n');
  expect(existsSync(`${on.conf}.new.before-kvmvlan.2.bak`)).toBe(false);
});

test('a .new that was moved into place counts as not edited', () => {
  const on = host();
  installSample(on, 'one\n');
  write(on.conf, 'mine\n');
  installSample(on, 'two\n');
  renameSync(`${on.conf}.new`, on.conf);
  installSample(on, 'three\n');
  expect(readFileSync(on.conf, 'utf8')).toBe('three\n');
});

test("the predecessor's conf, or any that was there before, stays", () => {
  const on = host();
  write(on.conf, '[veth0]\nguest = VM1\n');
  installSample(on, 'one\n');
  expect(readFileSync(on.conf, 'utf8')).toBe('[veth0]\nguest = VM1\n');
  expect(readFileSync(`${on.conf}.new`, 'utf8')).toBe('one\n');
});

test('a conf that is a link stays a link, and what it leads to stays too', () => {
  const on = host();
  installSample(on, 'one\n');
  const elsewhere = join(tempFolder(), 'mine');
  write(elsewhere, 'one\n');
  rmSync(on.conf);
  symlinkSync(elsewhere, on.conf);
  installSample(on, 'two\n');
  expect(lstatSync(on.conf).isSymbolicLink()).toBe(true);
  expect(readFileSync(elsewhere, 'utf8')).toBe('one\n');
});

test('conf of other scripts is not looked at', () => {
  const on = host();
  write(join(on.root, 'etc/libvirt/hooks/conf/my_script.conf'), 'x\n');
  installSample(on, 'one\n');
  expect(readFileSync(join(on.root, 'etc/libvirt/hooks/conf/my_script.conf'), 'utf8')).toBe('x\n');
});
