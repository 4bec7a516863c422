import type { Outcome } from './outcome';
import type { Phase } from '../model/libvirt/phases';

/**
 * How the dispatcher says that conf wants it to fail in a phase in which libvirt then kills a guest. The sh header
 * takes every other end of node, a crash included, for 0. Not a status that node itself, a shell or a signal gives.
 */
export const DELIBERATE_ABORT = 99;

/** Whether a script's failure makes the hook fail in a phase. `reconnect` never does. */
export function isFatal(phase: Phase, onFailure: 'phase' | 'abort' | 'report'): boolean {
  if (phase.onFailure === 'never' || onFailure === 'report') return false;
  return onFailure === 'abort' || phase.onFailure === 'abort' || phase.onFailure === 'logged';
}

/** The exit status of the hook: what node ends with, see `DELIBERATE_ABORT`. */
export function exitStatus(phase: Phase, outcomes: readonly Outcome[]): number {
  if (!outcomes.some((outcome) => outcome.result === 'failed' && outcome.isFatal)) return 0;
  return phase.onFailure === 'report' ? DELIBERATE_ABORT : 1;
}

/** The status where the dispatcher itself cannot do its work. */
export function faultStatus(phase: Phase): number {
  return phase.onFailure === 'report' || phase.onFailure === 'never' ? 0 : 1;
}
