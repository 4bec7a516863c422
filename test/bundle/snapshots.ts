import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, linkSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { IDENTITY } from '../../lib/system/files/snapshot_files';
import { safeFolder } from '../safe_folder';

/** Where the executables of these tests look for their snapshots. */
export const SNAPSHOTS_HERE = safeFolder('kvmvlan-snapshots-');
chmodSync(SNAPSHOTS_HERE, 0o755);
afterAll(() => rmSync(SNAPSHOTS_HERE, { recursive: true, force: true }));

/** As `su` may have it, in a folder that goes: nothing of it may be seen by those that start from a snapshot. */
const BUILD_ENV = { PATH: '/no', HOME: '/no', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8', TZ: 'Asia/Tokyo' };

/** By the text of the program. */
const made = new Map<string, string>();

/** Where the snapshot of an executable is looked for. */
export function snapshotPath(path: string): string {
  const words = ['-L', '--printf', IDENTITY, process.execPath, path];
  const { stdout } = spawnSync('/usr/bin/stat', words, { encoding: 'utf8' });
  return join(SNAPSHOTS_HERE, stdout.slice(0, -1));
}

/** Gives an executable a snapshot of its own program, as `kvmvlan snapshot` does. Throws where node cannot make it. */
export function putSnapshot(path: string): string {
  const snapshot = snapshotPath(path);
  if (existsSync(snapshot)) return snapshot;
  const text = readFileSync(path, 'utf8');
  const program = text.slice(text.indexOf('\n*/\n'));
  let blob = made.get(program);
  if (blob === undefined) {
    blob = join(SNAPSHOTS_HERE, `made-${made.size}`);
    made.set(program, blob);
    buildSnapshot(path, blob);
  }
  if (!existsSync(blob)) throw new Error('it could not be made before');
  linkSync(blob, snapshot);
  return snapshot;
}

/** @param flags of V8: those that a process has that starts from it */
export function buildSnapshot(path: string, blob: string, flags: readonly string[] = []): void {
  const words = [...flags, '--no-warnings', '--snapshot-blob', blob, '--build-snapshot', path];
  const cwd = mkdtempSync(join(SNAPSHOTS_HERE, 'gone-'));
  const run = spawnSync(process.execPath, words, { cwd, env: BUILD_ENV, encoding: 'utf8', timeout: 30_000 });
  rmSync(cwd, { recursive: true });
  // A warm-up that fails is only reported.
  if (run.status !== 0 || run.stderr !== '') throw new Error(`no snapshot: ${run.stderr}`);
  chmodSync(blob, 0o644);
}
