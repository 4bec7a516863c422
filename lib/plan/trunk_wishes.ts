import type { BridgeRule } from '../model/conf/bridge_init_conf';
import type { Bridge, BridgePort } from '../model/host/host';
import type { Problem } from '../model/problem';
import { autoTrunkVlans, type AutoTrunk } from '../model/vlan/auto_trunk';
import type { PortVlans } from '../model/vlan/port_vlans';
import { cutTunnels, tagTunnels } from '../model/vlan/tunnels';
import type { Vid } from '../model/vlan/vid';
import { trunkCutsTunnel, trunkLosesVlans } from './bridge_problems';

/** The VLANs that a section wants on the trunks of a bridge. */
export interface TrunkWishes {
  /** By the trunks' names. A trunk that must not be changed is not among them. */
  readonly vlans: ReadonlyMap<string, PortVlans>;
  readonly problems: readonly Problem[];
  /** Which trunks lose VLANs that they carry now. */
  readonly notes: readonly Problem[];
}

/**
 * The VLANs that a section wants on the trunks of a bridge. None of them cuts a tunnel.
 *
 * @param ports all ports of the bridge
 */
export function trunkWishes(
  rule: BridgeRule,
  bridge: Bridge,
  ports: readonly BridgePort[],
  isTrunk: (port: BridgePort) => boolean,
): TrunkWishes {
  const { trunk, autoTrunk } = rule;
  if (autoTrunk !== undefined) return autoWishes(rule, autoTrunk, rule.own ?? bridge.vlans, ports, isTrunk);
  const vlans = new Map<string, PortVlans>();
  const problems: Problem[] = [];
  if (trunk === undefined) return { vlans, problems, notes: [] };
  for (const { name, tunnels } of ports.filter(isTrunk)) {
    const cut = cutTunnels(tunnels, trunk);
    if (tunnels === null || cut.length === 0) vlans.set(name, trunk);
    else problems.push(trunkCutsTunnel(rule, name, tunnels, cut));
  }
  return { vlans, problems, notes: [] };
}

/**
 * What automatic trunks carry. A VLAN that leaves through a tunnel of the bridge is not on the other trunks too: that
 * could be a loop. But a VLAN of the bridge itself stays on a trunk that carries it, because the host may be reached
 * there.
 */
function autoWishes(
  rule: BridgeRule,
  auto: AutoTrunk,
  own: PortVlans,
  ports: readonly BridgePort[],
  isTrunk: (port: BridgePort) => boolean,
): TrunkWishes {
  const needed = autoTrunkVlans(
    auto,
    ports.filter((port) => !isTrunk(port) && port.tunnels === null),
    own,
  );
  const mapping = ports.filter(({ tunnels }) => tunnels !== null);
  const tunnelOf = (vid: Vid): string | undefined => mapping.find(({ tunnels }) => tunnels?.has(vid))?.name;
  const wishes = new Map<string, PortVlans>();
  const notes: Problem[] = [];
  for (const { name, vlans: now, tunnels } of ports.filter(isTrunk)) {
    // The program that maps VLANs decides which of them a tunnel carries.
    if (tunnels !== null) {
      wishes.set(name, tagTunnels(now, tunnels));
      continue;
    }
    const leaves = (vid: Vid): boolean =>
      tunnelOf(vid) !== undefined &&
      !(vid === auto.pvid || auto.always.has(vid) || (own.vlans.has(vid) && now.vlans.has(vid)));
    const lost = [...needed.vlans.keys()].filter((vid) => leaves(vid) && now.vlans.has(vid));
    wishes.set(name, { ...needed, vlans: new Map([...needed.vlans].filter(([vid]) => !leaves(vid))) });
    if (lost.length > 0)
      notes.push(trunkLosesVlans(rule, name, lost, new Set(lost.flatMap((vid) => tunnelOf(vid) ?? []))));
  }
  return { vlans: wishes, problems: [], notes };
}
