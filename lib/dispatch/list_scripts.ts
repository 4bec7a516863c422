import { lstatSync, readdirSync, realpathSync, statSync, type Stats } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import type { HookCall } from '../types';
import { phaseName } from './phases';

/** A file in a phase folder. */
export interface Script {
  /** Its file name. */
  readonly name: string;
  readonly path: string;
  /** The name less the extension: what its conf and its section in dispatch.conf are called. */
  readonly stem: string;
  /** Where it lies: in a phase folder, or in the per-guest layout `qemu.d/<guest>/…`. */
  readonly layout: 'phase' | 'guest';
  /** Why it is not run; null: it is. */
  readonly skip: string | null;
}

/** Names that editors and package managers leave behind, and hidden ones. */
const NOT_SCRIPTS = /^\.|~$|\.(bak|orig|swp|rpm(new|save|orig)|dpkg-[^.]*)$/;

/**
 * The scripts for a call: those of the phase folder in the order of their names' bytes, then those of the per-guest
 * layout. A folder that does not exist has none.
 */
export function listScripts(root: string, call: HookCall, isRoot: boolean): Script[] {
  const phase = listFolder(join(root, `${phaseName(call)}.d`), 'phase', isRoot);
  // Names that are no folder's name: they would lead elsewhere.
  if (call.driver === 'daemon' || call.object.includes('/') || /^\.{0,2}$/.test(call.object)) return phase;
  const drivers = join(root, `${call.driver}.d`);
  const operation = join(drivers, call.object, call.operation);
  const path = join(operation, call.suboperation);
  const stat = statOrNull(path);
  if (stat === null) return phase;
  const scripts = stat.isDirectory()
    ? listFolder(path, 'guest', isRoot)
    : [toScript(operation, call.suboperation, 'guest', isRoot)];
  const unsafe = isRoot ? [drivers, dirname(operation), operation].map(unsafeFolder) : [];
  const reason = unsafe.find((why) => why !== null) ?? null;
  return [...phase, ...scripts.map((script) => ({ ...script, skip: script.skip ?? reason }))];
}

function listFolder(folder: string, layout: Script['layout'], isRoot: boolean): Script[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
  return names
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map((name) => toScript(folder, name, layout, isRoot));
}

function toScript(folder: string, name: string, layout: Script['layout'], isRoot: boolean): Script {
  const path = join(folder, name);
  return { name, path, stem: parse(name).name, layout, skip: reasonToSkip(folder, name, path, isRoot) };
}

function reasonToSkip(folder: string, name: string, path: string, isRoot: boolean): string | null {
  if (NOT_SCRIPTS.test(name)) return 'hidden, or left behind by an editor or package manager';
  let stat: Stats;
  let target: string;
  try {
    if (lstatSync(path).isDirectory()) return 'a folder';
    target = realpathSync(path);
    if (target === '/dev/null') return 'masked: a link to /dev/null';
    stat = statSync(target);
  } catch (error) {
    // Node reads names as UTF-8, and what is not is lost.
    return name.includes('\uFFFD')
      ? 'its name is not UTF-8; rename it'
      : `cannot be read: ${(error as Error).message}`;
  }
  if (!stat.isFile()) return 'not a regular file';
  if (stat.size === 0) return 'masked: empty';
  if ((stat.mode & 0o111) === 0) return 'not executable; `chmod +x` it to have it run';
  if (!isRoot) return null;
  return unsafeFile(stat) ?? unsafeFolder(folder) ?? unsafeFolder(dirname(target));
}

/** Root must not run what others could have written. */
function unsafeFile(stat: Stats): string | null {
  if ((stat.mode & 0o6000) !== 0) return 'set-uid or set-gid';
  return unsafe(stat, 'it');
}

function unsafeFolder(folder: string): string | null {
  return unsafe(statSync(folder), `its folder ${folder}`);
}

function unsafe({ uid, mode }: Stats, what: string): string | null {
  if (uid !== 0) return `${what} is not owned by root; \`chown root\` it`;
  return (mode & 0o022) === 0 ? null : `${what} may be written by others than root; \`chmod go-w\` it`;
}

function statOrNull(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
