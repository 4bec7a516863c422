import { lstatSync, readlinkSync, statSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { shellQuote } from '../../text/shell_quote';

/** A file or folder through which users other than root could change what root reads or runs. */
export interface Unsafe {
  /** What is wrong, in words: `/etc/x can be written by users other than root`. */
  readonly reason: string;
  /** The command that fixes it; null: the file is in the wrong place and must be moved. */
  readonly fix: string | null;
}

/** The maximum number of links, as in the kernel (path_resolution(7)). */
const MOST_LINKS = 40;

/**
 * The first file or folder through which users other than root could change what an absolute path leads to, now or
 * later. It checks the file itself, each folder from `/` on, and the same for the target of each link. The rule is
 * that of sshd's StrictModes (misc.c, safe_path): owned by root, not writable by group or others. A sticky folder is
 * not safe either: in /tmp any user may create a file with a free name. The mode of a link does not matter: only a
 * user who may write to its folder can replace it.
 *
 * null: only root can change what the path leads to, so it may be opened or run by its name afterwards. Also null if
 * the path does not exist: then all its folders belong to root. Throws if it cannot be checked.
 */
export function unsafeWay(path: string): Unsafe | null {
  const todo = path.split('/');
  const near = `${dirname(dirname(path))}/`;
  let at = '/';
  let stat: Stats | null = statOrNull(lstatSync, at);
  let isLinked = false;
  const isElsewhere = (): boolean => isLinked && !at.startsWith(near);
  for (let links = 0, part; (part = todo.shift()) !== undefined;) {
    if (part === '' || part === '.') continue;
    if (stat === null) return null;
    const unsafe = unsafeStep(at, stat, isElsewhere());
    if (unsafe !== null) return unsafe;
    at = part === '..' ? dirname(at) : join(at, part);
    stat = statOrNull(lstatSync, at);
    if (stat?.isSymbolicLink() !== true) continue;
    if (++links > MOST_LINKS) throw new Error(`it leads through more than ${MOST_LINKS} links`);
    isLinked = true;
    const target = readlinkSync(at);
    todo.unshift(...target.split('/'));
    at = target.startsWith('/') ? '/' : dirname(at);
    stat = statOrNull(lstatSync, at);
  }
  return stat === null ? null : (unsafeStep(at, stat, isElsewhere()) ?? otherEnd(path, stat));
}

function unsafeStep(path: string, stat: Stats, isElsewhere: boolean): Unsafe | null {
  // Devices and other special files are neither read nor run, so their modes do not matter.
  if (!stat.isDirectory() && !stat.isFile()) return null;
  // Do not suggest to change a user's own folder or /tmp: there the file is in the wrong place.
  const isRight = stat.isDirectory() && (isElsewhere || (stat.mode & 0o1000) !== 0);
  const fix = (command: string): string | null => (isRight ? null : `${command} ${shellQuote(path)}`);
  if (stat.uid !== 0) return { reason: `${path} is not owned by root`, fix: fix('chown root') };
  if ((stat.mode & 0o022) === 0) return null;
  return { reason: `${path} can be written by users other than root`, fix: fix('chmod go-w') };
}

/** Links such as `/proc/<pid>/cwd` do not lead to the path in their text. */
function otherEnd(path: string, { dev, ino }: Stats): Unsafe | null {
  const end = statOrNull(statSync, path);
  if (end === null || (end.dev === dev && end.ino === ino)) return null;
  return { reason: `${path} does not lead where its links point`, fix: null };
}

function statOrNull(look: (path: string) => Stats, path: string): Stats | null {
  try {
    return look(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
