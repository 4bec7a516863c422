import type { BridgePort } from '../host/host';
import { portVlans, type PortVlans } from './port_vlans';
import type { Vid } from './vid';

/** A trunk that carries what is needed, rather than a fixed list. */
export interface AutoTrunk {
  readonly pvid: Vid | null;
  /** Carried whether somebody needs them or not. */
  readonly always: ReadonlySet<Vid>;
}

/**
 * The VLANs of an automatic trunk: those of every other port of the bridge, of the bridge itself, and those that are
 * carried always. It is derived from what the kernel says at each run, so a run that was cut short leaves nothing
 * behind that the next one does not mend.
 *
 * @param others the bridge's ports less its trunks
 */
export function autoTrunkVlans(trunk: AutoTrunk, others: readonly BridgePort[], own: PortVlans): PortVlans {
  const tagged = new Set<Vid>(trunk.always);
  for (const { vlans } of [...others, { vlans: own }]) for (const vid of vlans.vlans.keys()) tagged.add(vid);
  return portVlans({ pvid: trunk.pvid, tagged });
}
