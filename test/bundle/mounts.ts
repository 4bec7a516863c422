/**
 * Words that run a hook in a mount namespace of its own, after commands that see its root as $1: mounts that nobody
 * else sees. Only root can.
 */
export function withMounts(root: string, commands: string): string[] {
  return ['/usr/bin/unshare', '--mount', '/bin/sh', '-c', `(${commands}) >&2; shift; exec "$@"`, 'sh', root];
}

/** A file system without any room, at a folder. */
export const FULL = (folder: string): string =>
  `mkdir -p "${folder}"; mount -t tmpfs -o size=4k,nr_inodes=3 none "${folder}"; echo x >"${folder}/full"; ` +
  `head -c 8192 /dev/zero >"${folder}/fill" 2>/dev/null`;
