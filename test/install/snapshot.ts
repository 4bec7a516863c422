import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** One line for each path below a folder: its content, or its inode and times, to see what was touched at all. */
export function snapshot(folder: string, identity: 'content' | 'identity' = 'identity'): string[] {
  return pathsBelow(folder).map((name) => `${name}: ${describePath(join(folder, name), identity)}`);
}

/** All paths below a folder, relative to it. (readdir's own `recursive` follows links, in circles too.) */
export function pathsBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (!lstatSync(path).isDirectory()) return [name];
      return [name, ...pathsBelow(path).map((below) => join(name, below))];
    });
}

function describePath(path: string, identity: 'content' | 'identity'): string {
  const stat = lstatSync(path, { bigint: true });
  const facts = [(stat.mode & 0o7777n).toString(8), `${stat.uid}:${stat.gid}`];
  if (identity === 'identity') facts.push(...[stat.ino, stat.mtimeNs, stat.ctimeNs, stat.size].map(String));
  if (stat.isSymbolicLink()) facts.push(`-> ${readlinkSync(path)}`);
  if (stat.isFile() && identity === 'content')
    facts.push(createHash('sha256').update(readFileSync(path)).digest('hex'));
  return facts.join(' ');
}

/** The lines in which two snapshots differ; few enough of them to be printed. */
export function differences(before: readonly string[], after: readonly string[]): string[] {
  const [old, now] = [new Set(before), new Set(after)];
  const gone = before.filter((line) => !now.has(line)).map((line) => `- ${line}`);
  const come = after.filter((line) => !old.has(line)).map((line) => `+ ${line}`);
  return [...gone, ...come].slice(0, 40);
}
