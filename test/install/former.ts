import { lstatSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { write } from './write';
import { run } from './packages';
import { repositoryRoot } from './repository_root';

const TREE = join(repositoryRoot, 'test/fixtures/former_installation/root.tar.gz');

/** Puts into a root what install.sh installed before there were packages, and how it set these files aside. */
export function installFormer(root: string, files: Readonly<Record<string, string>> = {}): void {
  const hooks = join(root, 'etc/libvirt/hooks');
  for (const [name, text] of Object.entries(files)) {
    write(join(hooks, name), text, 0o755);
    renameSync(join(hooks, name), join(hooks, `${name}.before-kvmvlan.bak`));
  }
  mkdirSync(root, { recursive: true });
  const unpacked = run('tar', ['-C', root, '-xzf', TREE]);
  if (unpacked.status !== 0) throw new Error(unpacked.stderr);
}

/** How it noted that it had enabled a unit on a running host. */
export function noteEnabled(root: string, unit: string): void {
  const shipped = join(root, 'etc/libvirt/hooks/conf/.shipped');
  if (!lstatSync(shipped).isFile()) throw new Error(`${shipped} is no file`);
  write(shipped, `${readFileSync(shipped, 'utf8')}x  systemd ${unit}\n`);
}
