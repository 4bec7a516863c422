import { tmpdir } from 'node:os';

/** Where temporary files go. Not for root by TMPDIR, which may be of somebody else, who could put a link in their place. */
export function temporaryFolder(): string {
  return process.geteuid?.() === 0 ? '/tmp' : tmpdir();
}
