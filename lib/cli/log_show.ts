import { join } from 'node:path';
import type { DispatchLine } from '../dispatch/dispatch_log';
import { Exit, KnownError } from '../types';
import { logLine, logTable } from '../view/log_table';
import type { CliContext } from './command';
import { followLines } from './log_follow';
import { lastOutcomes } from './log_last';
import { parseDispatchLog } from './log_parse';

/** What of the log is shown. */
export interface LogWish {
  /** A guest's or network's name; undefined: all. */
  readonly object: string | undefined;
  readonly json: boolean;
  /** Goes on with what comes, until the process is ended. */
  readonly follow: boolean;
}

/** Prints the last outcome of each phase and script, and with `follow` every one that comes. Returns the exit status. */
export async function showLog(wish: LogWish, { root, io, stdout, stderr }: CliContext): Promise<number> {
  const path = join(root, 'logs', 'dispatch.log');
  const isMeant = ({ call }: DispatchLine): boolean => wish.object === undefined || call[1] === wish.object;
  let text: string;
  try {
    text = [`${path}.1`, path].map((file) => io.readText(file) ?? '').join('');
  } catch (error) {
    if (!(error instanceof KnownError) || io.isRoot) throw error;
    throw new KnownError(error.message, 'Only root may read the logs: run it by sudo.', Exit.usage);
  }
  const lines = parseDispatchLog(text).filter(isMeant);
  if (wish.follow) {
    const print = (line: DispatchLine): void =>
      stdout(wish.json ? `${JSON.stringify(line)}\n` : logLine(line));
    for (const line of lastOutcomes(lines).slice(0, 10).reverse()) print(line);
    const never = new AbortController().signal;
    await followLines(path, (line) => parseDispatchLog(line).filter(isMeant).forEach(print), never);
    return Exit.done;
  }
  const last = lastOutcomes(lines);
  if (wish.json) stdout(`${JSON.stringify({ format: 1, outcomes: last }, null, 2)}\n`);
  else if (last.length > 0) stdout(logTable(last));
  else {
    const whose = wish.object === undefined ? '' : ` of ${wish.object}`;
    stderr(`kvmvlan: ${path} holds nothing${whose} yet: no script has run or been skipped.\n`);
  }
  return Exit.done;
}
