import type { BridgePort } from '../host/host';
import { portVlans, type PortVlans } from './port_vlans';
import type { Vid } from './vid';

/** A trunk that carries the VLANs that are needed, instead of a fixed list. */
export interface AutoTrunk {
  readonly pvid: Vid | null;
  /** Carried whether they are needed or not. */
  readonly always: ReadonlySet<Vid>;
}

/**
 * The VLANs of an automatic trunk: those of every other port of the bridge, of the bridge itself, and those that are
 * always carried. They are derived from the kernel's state at each run, so the next run fixes whatever an interrupted
 * run left.
 *
 * @param others the bridge's ports without its trunks and tunnels
 */
export function autoTrunkVlans(trunk: AutoTrunk, others: readonly BridgePort[], own: PortVlans): PortVlans {
  const tagged = new Set<Vid>(trunk.always);
  for (const { vlans } of [...others, { vlans: own }]) for (const vid of vlans.vlans.keys()) tagged.add(vid);
  return portVlans({ pvid: trunk.pvid, tagged });
}
