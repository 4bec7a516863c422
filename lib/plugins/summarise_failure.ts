import type { Log } from '../model/io';
import type { Problem } from '../model/problem';

/** One line for all failures: the first error, which the caller prints at the end. The others are logged. */
export function summariseFailure(failed: readonly Problem[], log: Log): string {
  const [first, ...others] = failed;
  if (first === undefined) throw new Error('nothing failed');
  for (const { message, hint } of others) log.error(`${message} ${hint}`);
  const more =
    others.length === 0 ? '' : ` (and ${others.length} more, see the lines before this one in the log)`;
  return `${first.message} ${first.hint}${more}`;
}
