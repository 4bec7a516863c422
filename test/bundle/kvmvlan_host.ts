import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { safeFolder } from '../safe_folder';

jest.setTimeout(60_000);

export const isRoot = process.geteuid?.() === 0;
export const canMount = isRoot && spawnSync('unshare', ['--mount', 'true']).status === 0;
/** A test of what is only there with a /run of ours. */
export const mounted = canMount ? test : test.skip;

/** A hooks root with the built hooks, and a `run` folder that takes the place of /run where that can be mounted. */
export class KvmvlanHost {
  readonly folder = safeFolder('kvmvlan-host-');
  readonly root = join(this.folder, 'hooks');

  constructor(files: Readonly<Record<string, string>>) {
    // A copy: others may build at the same time.
    cpSync(join(__dirname, '../../build/dist/hooks'), this.root, { recursive: true });
    mkdirSync(join(this.folder, 'run'));
    for (const [path, text] of Object.entries(files)) this.put(path, text);
  }

  put(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /** The words of a command as they are run on this host. */
  words(...args: readonly string[]): readonly [file: string, ...args: string[]] {
    const command = join(this.root, 'bin/kvmvlan');
    if (!canMount) return [command, ...args];
    const script = 'mount --bind "$0" /run && exec "$@"';
    return ['unshare', '--mount', 'sh', '-c', script, join(this.folder, 'run'), command, ...args];
  }

  run(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
    const [file, ...rest] = this.words(...args);
    const { status, stdout, stderr } = spawnSync(file, rest, { encoding: 'utf8' });
    return { status, stdout, stderr };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
