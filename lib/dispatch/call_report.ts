import { systemLog } from '../system/system_log';
import { oneLine } from '../text/one_line';
import type { HookCall } from '../types';
import { cutReason } from './cut_reason';
import { appendDispatchLog, toLine, troubleLine, type DispatchLine } from './dispatch_log';
import type { Outcome } from './outcome';

/** Where a call tells what happens: each line at once, so that it is there whatever comes next. */
export interface CallReport {
  outcome(outcome: Outcome): void;
  trouble(text: string): void;
}

/**
 * To logs/dispatch.log, and what failed to standard error in one line each. libvirt drops that where the hook succeeds,
 * so that what the log has no room for goes to the system's log as well.
 */
export function reportCall(root: string, call: HookCall, stderr: (line: string) => void): CallReport {
  const words = [call.driver, call.object, call.operation, call.suboperation].join(' ');
  let isUnlogged = false;
  const append = (line: DispatchLine): void => {
    const why = appendDispatchLog(root, [line]);
    if (why === null || isUnlogged) return;
    isUnlogged = true;
    tell(why);
  };
  const tell = (text: string): void => {
    stderr(text);
    if (isUnlogged) systemLog(oneLine(`${words}: ${text}`));
  };
  return {
    outcome(outcome) {
      const { script, result, log } = outcome;
      const reason = outcome.reason === null ? null : cutReason(outcome.reason);
      append(toLine(call, { ...outcome, reason }, new Date()));
      if (result === 'failed') tell(oneLine(`${script.path}: ${reason ?? 'failed'} (log: ${log ?? 'none'})`));
    },
    trouble(whole) {
      const text = cutReason(whole);
      append(troubleLine(call, text, new Date()));
      tell(text);
    },
  };
}
