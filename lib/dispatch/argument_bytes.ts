import { readFileSync } from 'node:fs';

/**
 * The last `count` arguments of this process in bytes. process.argv loses bytes that are not UTF-8. Each argument in
 * /proc/pid/cmdline ends in NUL (proc(5)).
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
