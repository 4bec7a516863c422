import type { Outcome } from './outcome';
import type { Phase } from '../model/libvirt/phases';

/**
 * The status of node if conf demands a failure in a phase in which libvirt then kills a guest. In such a phase the sh
 * header turns every other status of node, also after a crash, into 0. It must not be a status that node itself, a
 * shell or a signal causes.
 */
export const DELIBERATE_ABORT = 99;

/** Whether a script's failure makes the hook fail in a phase. `reconnect` never does. */
export function isFatal(phase: Phase, onFailure: 'phase' | 'abort' | 'report'): boolean {
  if (phase.onFailure === 'never' || onFailure === 'report') return false;
  return onFailure === 'abort' || phase.onFailure === 'abort' || phase.onFailure === 'logged';
}

/** The exit status of node for these outcomes, see `DELIBERATE_ABORT`. */
export function exitStatus(phase: Phase, outcomes: readonly Outcome[]): number {
  if (!outcomes.some((outcome) => outcome.result === 'failed' && outcome.isFatal)) return 0;
  return phase.onFailure === 'report' ? DELIBERATE_ABORT : 1;
}

/** The exit status if the dispatcher itself fails. */
export function faultStatus(phase: Phase): number {
  return phase.onFailure === 'report' || phase.onFailure === 'never' ? 0 : 1;
}
