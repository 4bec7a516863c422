import { join } from 'node:path';
import type { DispatchLine } from '../../dispatch/dispatch_log';
import { readDispatchLogs } from '../../dispatch/dispatch_logs';
import { Exit, KnownError } from '../../model/known_error';
import { logLine, logTable } from './log_table';
import type { CliContext } from '../command';
import { followLines } from './log_follow';
import { lastOutcomes } from './log_last';
import { parseDispatchLog } from './log_parse';

/** Which part of the log to show, and how. */
export interface LogWish {
  /** A guest's or network's name; undefined: all. */
  readonly object: string | undefined;
  readonly json: boolean;
  /** Print new outcomes until the process is ended. */
  readonly follow: boolean;
}

/** Prints the last outcome of each phase and script, and with `follow` each new one. Returns the exit status. */
export async function showLog(wish: LogWish, context: CliContext): Promise<number> {
  const path = join(context.root, 'logs', 'dispatch.log');
  if (wish.follow) return follow(path, wish, context);
  const text = readDispatchLogs(context.root, (file) => readLog(file, context));
  const last = lastOutcomes(linesOf(text, wish));
  if (wish.json) context.stdout(`${JSON.stringify({ format: 1, outcomes: last }, null, 2)}\n`);
  else if (last.length > 0) context.stdout(logTable(last));
  else {
    const whose = wish.object === undefined ? '' : ` for ${wish.object}`;
    context.stderr(`kvmvlan: ${path} has no entries${whose} yet: no script has been run or skipped.\n`);
  }
  return Exit.done;
}

async function follow(path: string, wish: LogWish, context: CliContext): Promise<number> {
  const print = (line: DispatchLine): void =>
    context.stdout(wish.json ? `${JSON.stringify(line)}\n` : logLine(line));
  const start = (lines: readonly string[]): void => {
    const text = readDispatchLogs(context.root, (file) =>
      file === path ? lines.join('\n') : readLog(file, context),
    );
    for (const line of lastOutcomes(linesOf(text, wish)).slice(0, 10).reverse()) print(line);
  };
  const never = new AbortController().signal;
  try {
    await followLines(path, start, (line) => linesOf(line, wish).forEach(print), never);
  } catch (error) {
    throw forRoot(error, context);
  }
  return Exit.done;
}

function readLog(path: string, context: CliContext): string | null {
  try {
    return context.io.readText(path);
  } catch (error) {
    throw forRoot(error, context);
  }
}

/** The same error; for users other than root, with the usual reason as hint. */
function forRoot(error: unknown, { io }: CliContext): unknown {
  if (!(error instanceof KnownError) || io.isRoot) return error;
  return new KnownError(error.message, 'Only root may read the logs. Run the command with sudo.', Exit.usage);
}

function linesOf(text: string, { object }: LogWish): DispatchLine[] {
  return parseDispatchLog(text).filter(({ call }) => object === undefined || call[1] === object);
}
