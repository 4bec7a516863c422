import { lstatSync, readlinkSync, statSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { shellQuote } from '../../text/shell_quote';

/** Something on the way to a file by which others than root could change what root reads or runs. */
export interface Unsafe {
  /** What is wrong, in words: `/etc/x can be written by others than root`. */
  readonly reason: string;
  /** The command that fixes it; null: the file is in the wrong place and has to be moved. */
  readonly fix: string | null;
}

/** As many links as the kernel follows (path_resolution(7)). */
const MOST_LINKS = 40;

/**
 * The first thing by which others than root could change what an absolute path leads to, now or later: the file itself,
 * each folder from `/` on, and the same for the target of each link. The rule is that of sshd's StrictModes (misc.c,
 * safe_path): owned by root, not writable by group or others. The sticky bit excuses no folder: in /tmp others may
 * take a name that has become free. A link has no mode, and only who may write its folder can replace it.
 *
 * Where this returns null, nobody but root can change what the path leads to, so that it may be opened or run by its
 * name afterwards. null too for a path that leads nowhere: then its folders are root's. Throws where it cannot be
 * looked at.
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
  // Devices and the like are neither read nor run, and their modes are as they should be.
  if (!stat.isDirectory() && !stat.isFile()) return null;
  // A user's own folder, and /tmp, are as they should be: the file does not belong there.
  const isRight = stat.isDirectory() && (isElsewhere || (stat.mode & 0o1000) !== 0);
  const fix = (command: string): string | null => (isRight ? null : `${command} ${shellQuote(path)}`);
  if (stat.uid !== 0) return { reason: `${path} is not owned by root`, fix: fix('chown root') };
  if ((stat.mode & 0o022) === 0) return null;
  return { reason: `${path} can be written by others than root`, fix: fix('chmod go-w') };
}

/** Where `/proc/<pid>/cwd` and the like lead is not what their text says. */
function otherEnd(path: string, { dev, ino }: Stats): Unsafe | null {
  const end = statOrNull(statSync, path);
  if (end === null || (end.dev === dev && end.ino === ino)) return null;
  return { reason: `${path} leads elsewhere than its links say`, fix: null };
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
