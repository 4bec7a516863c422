import type { Unsafe } from './unsafe_way';

/** What is wrong and what to do, without a final period: `/etc/x is not owned by root: run \`chown root /etc/x\``. */
export function describeUnsafe({ reason, fix }: Unsafe): string {
  return `${reason}: ${fix === null ? 'move the file to a folder that only root can write' : `run \`${fix}\``}`;
}
