import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describeEnd } from '../../model/describe_end';
import type { Exec } from '../../model/io';
import { KnownError } from '../../model/known_error';
import { describeUnsafe } from './describe_unsafe';
import { snapshotFault, snapshotOf, SNAPSHOTS, type Executable } from './snapshot_files';
import { unsafeWay } from './unsafe_way';

/** The time limit, long enough for a busy host. */
const BUILD_MS = 120_000;

/**
 * Makes the start-up snapshot of the executables of one program: one file with a name for each of them. Other
 * snapshots are removed. It is tested before it gets its names, each in one step. Throws KnownError.
 *
 * @returns what node said while it made it: a reason why starts from it may be slower; usually empty
 * @param kvmvlan the executable `kvmvlan`, which is one of them
 */
export async function makeSnapshot(
  executables: readonly Executable[],
  kvmvlan: Executable,
  version: string,
  exec: Exec,
): Promise<string> {
  const made = join(SNAPSHOTS, `.new-${process.pid}`);
  try {
    prepareFolder();
    const names = await namesOf(executables, exec);
    const words = ['--no-warnings', '--snapshot-blob', made, '--build-snapshot', kvmvlan.path];
    const built = await exec(kvmvlan.node, words, { timeoutMs: BUILD_MS });
    const fault = built.ok
      ? await snapshotFault(made, kvmvlan, version, exec)
      : `${describeEnd(built.end)}: ${built.stderr.trim()}`;
    if (fault !== null) throw failed(`${kvmvlan.node} cannot make one, or cannot start from it: ${fault}`);
    if ((await namesOf(executables, exec)).join() !== names.join())
      throw failed('node or the hooks were replaced in the meantime');
    chmodSync(made, 0o644);
    sync(made);
    for (const name of names) {
      linkSync(made, `${made}-link`);
      renameSync(`${made}-link`, name);
    }
    for (const old of readdirSync(SNAPSHOTS))
      if (!names.some((name) => basename(name) === old)) rmSync(join(SNAPSHOTS, old), { recursive: true });
    sync(SNAPSHOTS);
    return built.stderr.trim();
  } catch (error) {
    throw error instanceof KnownError ? error : failed((error as Error).message);
  } finally {
    for (const left of [made, `${made}-link`]) if (existsSync(left)) rmSync(left);
  }
}

async function namesOf(executables: readonly Executable[], exec: Exec): Promise<string[]> {
  const names = await Promise.all(executables.map((executable) => snapshotOf(executable, exec)));
  return names.map((name) => {
    if (name === null) throw failed('/usr/bin/stat of GNU coreutils is required, but does not work');
    return name;
  });
}

function prepareFolder(): void {
  mkdirSync(SNAPSHOTS, { recursive: true, mode: 0o755 });
  const unsafe = unsafeWay(SNAPSHOTS);
  if (unsafe !== null) throw failed(describeUnsafe(unsafe));
  // Do not depend on the umask: the sh headers require exactly this mode.
  chmodSync(SNAPSHOTS, 0o755);
}

function sync(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function failed(why: string): KnownError {
  return new KnownError(
    `no start-up snapshot was made: ${why}`,
    'Hooks and commands also work without one, but start more slowly.',
  );
}
