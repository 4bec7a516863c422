import type { SwitchView } from './switch';

/** `error`: what is wanted, or what is there, is not known in full. */
export type Verdict = 'ok' | 'drift' | 'error';

/** The exit status that monitoring reads: 0 all as wanted, 1 drift, 2 error. */
export const VERDICT_STATUS: Readonly<Record<Verdict, 0 | 1 | 2>> = { ok: 0, drift: 1, error: 2 };

/** Whether all that is shown is as wanted. */
export function verdict({ switches, missing, isUnsure, hasUnmet }: SwitchView): Verdict {
  if (isUnsure) return 'error';
  const drifts =
    hasUnmet ||
    missing.length > 0 ||
    switches.some(({ drift, ports }) => drift !== null || ports.some((port) => port.drift !== null));
  return drifts ? 'drift' : 'ok';
}
