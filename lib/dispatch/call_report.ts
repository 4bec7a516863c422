import type { HookCall } from '../types';
import { appendDispatchLog, toLine, troubleLine, type DispatchLine } from './dispatch_log';
import type { Outcome } from './outcome';
import { printable } from './printable';

/** Where a call tells what happens: each line at once, so that it is there whatever comes next. */
export interface CallReport {
  outcome(outcome: Outcome): void;
  trouble(text: string): void;
}

/** To logs/dispatch.log, and what failed to standard error in one line each, which libvirt logs where it looks at all. */
export function reportCall(root: string, call: HookCall, stderr: (line: string) => void): CallReport {
  let isUnlogged = false;
  const append = (line: DispatchLine): void => {
    const why = appendDispatchLog(root, [line]);
    if (why === null || isUnlogged) return;
    isUnlogged = true;
    stderr(why);
  };
  return {
    outcome(outcome) {
      const { script, result, reason, log } = outcome;
      append(toLine(call, outcome, new Date()));
      if (result === 'failed')
        stderr(printable(`${script.path}: ${reason ?? 'failed'} (log: ${log ?? 'none'})`));
    },
    trouble(text) {
      append(troubleLine(call, text, new Date()));
      stderr(text);
    },
  };
}
