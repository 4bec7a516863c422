import type { CommandEnd, ExecResult } from './io';

/** How a command ended: `exit 1`, `timed out after 10 s`, `not found`, `killed by SIGKILL`. */
export function describeEnd(end: CommandEnd): string {
  switch (end.kind) {
    case 'exit':
      return `exit ${end.status}`;
    case 'timeout':
      return `timed out after ${end.afterMs / 1000} s`;
    case 'not-found':
      return 'not found';
    case 'killed':
      return `killed by ${end.signal}`;
    case 'failed':
      return end.code ?? 'failed';
  }
}

/** What a failed command wrote to its standard error, or how it ended if it wrote nothing. */
export function whyFailed({ stderr, end }: ExecResult): string {
  return stderr.trim() || describeEnd(end);
}
