import { readFileSync } from 'node:fs';

/**
 * The last arguments of this process in bytes, which process.argv has lost where they are not UTF-8
 * (proc(5), /proc/pid/cmdline: each ends in NUL).
 */
export function argumentBytes(count: number): Buffer[] {
  const bytes = readFileSync('/proc/self/cmdline');
  const words: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(0, start);
    words.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return words.slice(-count);
}
