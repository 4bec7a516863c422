import { appendFileSync, chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { KvmvlanHost, mounted } from './kvmvlan_host';

/** More than the file system's clock may be behind: what is younger is not trusted. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2_000));

const CONFS = { 'hooks/conf/vlan_filtering.conf': '', 'hooks/conf/bridge_init.conf': '' };

/** What is kept of the bundle, by the use it was made for, and when it was made. */
function kept(host: KvmvlanHost): Record<string, number> {
  const folder = join(host.folder, 'run/kvmvlan/derived');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return Object.fromEntries(
    names.map((name) => [name.replace(/@.*/, ''), statSync(join(folder, name)).mtimeMs]),
  );
}

const call = (host: KvmvlanHost, ...args: readonly string[]): void => {
  const run = host.run(...args);
  expect(run).toMatchObject({ stderr: '' });
};

mounted('what V8 made of the program is kept for each subcommand, until the bundle is another', async () => {
  const host = new KvmvlanHost(CONFS);
  try {
    call(host, '--version');
    expect(kept(host)).toEqual({});
    await settled();
    call(host, '--version');
    call(host, 'status', '--help');
    const first = kept(host);
    expect(Object.keys(first).sort()).toEqual(['kvmvlan.compiled-any', 'kvmvlan.compiled-status']);
    // Others look there for what install.sh has left, without being root.
    expect(statSync(join(host.folder, 'run/kvmvlan')).mode & 0o777).toBe(0o755);

    call(host, '--version');
    call(host, 'status', '--help');
    // Taken, not made again.
    expect(kept(host)).toEqual(first);

    appendFileSync(join(host.root, 'bin/kvmvlan'), '// another\n');
    await settled();
    call(host, 'log', '--help');
    expect(Object.keys(kept(host))).toEqual(['kvmvlan.compiled-log']);
  } finally {
    host.remove();
  }
});

mounted('a folder that others may write to is not used', async () => {
  const host = new KvmvlanHost(CONFS);
  try {
    await settled();
    call(host, '--version');
    const folder = join(host.folder, 'run/kvmvlan/derived');
    const [name = ''] = readdirSync(folder);
    const before = readFileSync(join(folder, name));
    chmodSync(folder, 0o777);
    call(host, 'status', '--help');
    expect(readdirSync(folder)).toEqual([name]);
    expect(readFileSync(join(folder, name)).equals(before)).toBe(true);
  } finally {
    host.remove();
  }
});
