import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { repositoryRoot } from './repository_root';
import { tempFolder } from './temp_folder';

/** What install.sh installs, as its own list says: `<kind> <what> <where>`. */
export function listedItems(): { kind: string; what: string; where: string }[] {
  const script = readFileSync(join(repositoryRoot, 'install.sh'), 'utf8');
  const parts = [/^hooks=.*$/m, /^units=.*$/m, /^catalog=\S*/m, /^items\(\) \{.*?^\}/ms].map(
    (part) => part.exec(script)?.[0],
  );
  const { stdout } = spawnSync('sh', ['-c', [...parts, 'items'].join('\n')], { encoding: 'utf8' });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [kind = '', what = '', where = ''] = line.split(' ');
      return { kind, what, where };
    })
    .filter(({ kind }) => kind !== 'gone');
}

/** A built bundle as install.sh knows it: its header, and a body that tells how it was called. */
export function standInBundle(name: string, version = '1.0.0'): string {
  const header = `# kvmvlan ${version} ${basename(name)}: sh and JavaScript at once`;
  return `#!/bin/sh\n${header}\nnode='@NODE@'\necho ${name} "$node" "$@"\n`;
}

/**
 * A checkout with install.sh, and stand-ins for what the build and conf/ hold: these tests are
 * about the installer, not about what it installs.
 */
export function standInCheckout(): string {
  const checkout = join(tempFolder(), 'check out');
  for (const folder of ['hooks', 'lib', 'build', 'conf'])
    mkdirSync(join(checkout, folder), { recursive: true });
  for (const file of ['install.sh', 'package.json', 'package-lock.json', 'tsconfig.json'])
    copyFileSync(join(repositoryRoot, file), join(checkout, file));
  chmodSync(join(checkout, 'install.sh'), 0o755);
  for (const { kind, what } of listedItems()) {
    if (kind === 'conf') write(join(checkout, what), `# sample of ${what}\n`);
    if (['text', 'unit', 'data', 'event'].includes(kind)) write(join(checkout, what), `${what}\n`);
    if (kind === 'hook') write(join(checkout, what), standInBundle(what));
  }
  age(checkout);
  return checkout;
}

/** Makes all sources older than the build, as they are after `npm run build`. */
function age(checkout: string): void {
  const old = new Date(Date.now() - 3_600_000);
  for (const name of readdirSync(checkout)) if (name !== 'build') utimesSync(join(checkout, name), old, old);
}

export function write(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
}
