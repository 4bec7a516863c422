import type { RoutedView } from '../routes/routed_view';
import type { Switch, SwitchPort, SwitchView } from './switch';

/** `error`: the wish or the current state is not fully known. */
export type Verdict = 'ok' | 'drift' | 'error';

/** The exit status that monitoring reads: 0 all as wanted, 1 drift, 2 error. */
export const VERDICT_STATUS: Readonly<Record<Verdict, 0 | 1 | 2>> = { ok: 0, drift: 1, error: 2 };

/** Whether everything shown is as wanted, and the trunks and bridges that conf names are up. */
export function verdict({ switches, missing, routed, isUnsure, unmet }: SwitchView): Verdict {
  if (isUnsure) return 'error';
  const isDrift = unmet.length + missing.length > 0 || switches.some(isWrong) || hasDrift(routed);
  return isDrift ? 'drift' : 'ok';
}

function hasDrift(routed: RoutedView | null): boolean {
  if (routed === null) return false;
  return routed.others.length > 0 || routed.interfaces.some(({ state }) => state === 'drift');
}

function isWrong({ drift, ports, wantedBy }: Switch): boolean {
  // A guest's port is down while the guest has not set up its interface: that is the guest's decision.
  const isCut = ({ role, state }: SwitchPort): boolean =>
    state === 'down' && (role === 'trunk' || (role === 'host' && wantedBy !== null));
  return drift.length > 0 || ports.some((port) => port.drift !== null || isCut(port));
}
