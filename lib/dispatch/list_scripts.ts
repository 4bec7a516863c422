import { lstatSync, readdirSync, realpathSync, statSync, type Stats } from 'node:fs';
import { join, parse } from 'node:path';
import type { HookCall } from '../model/libvirt/hook_call';
import { phaseName } from '../model/libvirt/phases';
import type { Skip } from './describe_skip';

/** A file in a phase folder. */
export interface Script {
  /** Its file name. */
  readonly name: string;
  readonly path: string;
  /** The name without the extension, which is also the name of its conf and of its section in dispatch.conf. */
  readonly stem: string;
  /** Whether it is in a phase folder, or in the per-guest layout `qemu.d/<guest>/…`. */
  readonly layout: 'phase' | 'guest';
  /** Why it is skipped; null: it is not. Whether root may run it is checked separately, see `refusal`. */
  readonly skip: Skip | null;
}

/** Names of hidden files, and of files that editors and package managers leave behind. rpm unpacks to `x;6b07e0fe`. */
const NOT_SCRIPTS = /^\.|~$|;[0-9a-f]{8}$|\.(bak|orig|swp|rpm(new|save|orig)|dpkg-[^.]*)$/;

/**
 * The scripts for a call: those of the phase folder in the byte order of their names, then those of the per-guest
 * layout. A missing folder has no scripts.
 */
export function listScripts(root: string, call: HookCall): Script[] {
  const phase = listFolder(join(root, `${phaseName(call)}.d`), 'phase');
  // Such a name cannot be the name of a folder. It would lead to another folder.
  if (call.driver === 'daemon' || call.object.includes('/') || /^\.{0,2}$/.test(call.object)) return phase;
  const operation = join(root, `${call.driver}.d`, call.object, call.operation);
  const path = join(operation, call.suboperation);
  const stat = statOrNull(path);
  if (stat === null) return phase;
  const scripts = stat.isDirectory()
    ? listFolder(path, 'guest')
    : [toScript(operation, call.suboperation, 'guest')];
  return [...phase, ...scripts];
}

function listFolder(folder: string, layout: Script['layout']): Script[] {
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
    .map((name) => toScript(folder, name, layout));
}

function toScript(folder: string, name: string, layout: Script['layout']): Script {
  const path = join(folder, name);
  return { name, path, stem: parse(name).name, layout, skip: reasonToSkip(name, path) };
}

function reasonToSkip(name: string, path: string): Skip | null {
  if (NOT_SCRIPTS.test(name)) return { code: 'left-behind' };
  let stat: Stats;
  let target: string;
  try {
    if (lstatSync(path).isDirectory()) return { code: 'folder' };
    target = realpathSync(path);
    if (target === '/dev/null') return { code: 'masked', by: 'link' };
    stat = statSync(target);
  } catch (error) {
    // Node reads names as UTF-8 and loses other bytes.
    return name.includes('\uFFFD')
      ? { code: 'name-not-utf8' }
      : { code: 'unreadable', why: (error as Error).message };
  }
  if (!stat.isFile()) return { code: 'not-a-file' };
  if (stat.size === 0) return { code: 'masked', by: 'empty' };
  return (stat.mode & 0o111) === 0 ? { code: 'not-executable' } : null;
}

function statOrNull(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
