import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { write } from './write';
import { run } from './packages';

/** Copies programs of this machine, with their libraries, into a root, so that scripts can run in a chroot. */
export function putTools(root: string, tools: readonly string[]): void {
  for (const tool of tools) {
    const libraries = run('ldd', [`/usr/bin/${tool}`]).stdout.match(/\/\S+/g) ?? [];
    for (const path of [`/usr/bin/${tool}`, ...libraries]) {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      cpSync(path, join(root, path), { dereference: true });
    }
  }
  symlinkSync('usr/bin', join(root, 'bin'));
  write(join(root, 'dev/null'), '');
}

/** The text of a program that only notes how it was called. */
export function standIn(name: string): string {
  return `#!/bin/sh\necho "${name} $*" >>/calls\n`;
}

export function putStandIn(root: string, name: string): void {
  write(join(root, 'usr/bin', name), standIn(name), 0o755);
}

/** systemd runs, and libvirtd is its only active service. All units are enabled. */
export function putSystemctl(root: string): void {
  mkdirSync(join(root, 'run/systemd/system'), { recursive: true });
  const answers =
    'case "$*" in *is-enabled*|*"is-active libvirtd.service") exit 0 ;; *is-active*) exit 3 ;; esac';
  write(join(root, 'usr/bin/systemctl'), standIn('systemctl').replace('\n', `\n${answers}\n`), 0o755);
}

/** The calls of all stand-ins since the last time. */
export function takeCalls(root: string): string[] {
  const path = join(root, 'calls');
  const calls = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  write(path, '');
  return calls;
}
