import type { HookCall } from '../model/libvirt/hook_call';
import { journal, type JournalFields } from '../system/log/journal';
import { journalFailures } from '../system/log/journal_failures';
import { journalChanges } from '../plugins/journal_changes';
import { oneLine } from '../text/one_line';
import { cutReason } from '../text/cut_reason';
import { appendDispatchLog, toLine, troubleLine, type DispatchLine } from './dispatch_log';
import type { Outcome } from './outcome';
import { phaseName } from '../model/libvirt/phases';

/** Reports the events of a call. Each line is written immediately, so that a later crash cannot lose it. */
export interface CallReport {
  outcome(outcome: Outcome): void;
  trouble(text: string): void;
}

/**
 * Reports to logs/dispatch.log, and failures also to standard error, one line each. libvirt logs standard error only
 * if the hook fails. So failures that do not make the hook fail, and those that cannot be written to dispatch.log,
 * also go to the journal. The events with an ID of their own (journal_kinds.ts) always go there.
 */
export function reportCall(root: string, call: HookCall, stderr: (line: string) => void): CallReport {
  const words = [call.driver, call.object, call.operation, call.suboperation].join(' ');
  const about = {
    phase: phaseName(call),
    guest: call.driver === 'daemon' || call.driver === 'network' ? null : call.object,
  };
  const inJournal = (text: string): string => oneLine(cutReason(`${words}: ${text}`));
  const journalFailure = (
    outcome: Outcome,
    text: string,
    isInLibvirtsLog: boolean,
    ofScript: JournalFields & { readonly phase: string },
  ): void => {
    if (outcome.isTimedOut === true) {
      journal({ ...ofScript, message: inJournal(text), kind: 'hook-timed-out' });
      return;
    }
    const failures = (outcome.failures ?? []).filter(({ port }) => port !== undefined || !isInLibvirtsLog);
    if (failures.length > 0) journalFailures(failures, ofScript, inJournal);
    else if (!isInLibvirtsLog) journal({ ...ofScript, message: inJournal(text) });
  };
  let isUnlogged = false;
  const append = (line: DispatchLine): void => {
    const why = appendDispatchLog(root, [line]);
    if (why === null || isUnlogged) return;
    isUnlogged = true;
    stderr(why);
    journal({ ...about, message: inJournal(why) });
  };
  return {
    outcome(outcome) {
      const { script, result, log, isFatal } = outcome;
      const reason = outcome.reason === null ? null : cutReason(outcome.reason);
      append(toLine(call, { ...outcome, reason }, new Date()));
      const ofScript = { ...about, script: script.name };
      if (result === 'failed') {
        const text = oneLine(`${script.path}: ${reason ?? 'failed'} (log: ${log ?? 'none'})`);
        stderr(text);
        journalFailure(outcome, text, isFatal && !isUnlogged, ofScript);
      }
      // After the errors: if the journal is slow, they matter more.
      journalChanges(outcome.changes ?? [], ofScript, inJournal);
    },
    trouble(whole) {
      const text = cutReason(whole);
      append(troubleLine(call, text, new Date()));
      stderr(text);
      // It is not known yet whether it makes the hook fail.
      journal({ ...about, message: inJournal(text) });
    },
  };
}
