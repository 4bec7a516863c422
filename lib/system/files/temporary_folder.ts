import { tmpdir } from 'node:os';

/** The folder of temporary files. Root does not use TMPDIR: its owner could replace files with links. */
export function temporaryFolder(): string {
  return process.geteuid?.() === 0 ? '/tmp' : tmpdir();
}
