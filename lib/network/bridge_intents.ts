import { NO_VLANS, type PortVlans } from '../model/vlan/port_vlans';
import type { BridgeTarget } from '../plan/bridge_target';
import type { Host } from '../model/host/host';
import type { BridgeIntent } from './bridge_intent';

/** A guest's port and the bridge that it belongs to. */
export interface TapOfBridge {
  readonly bridge: string;
  readonly dev: string;
}

/**
 * The settings of bridges in conf, for the search for contradictions.
 *
 * @param taps guests' ports, including ports that are in no bridge now
 * @param others bridges that have no section, but have ports of guests with VLANs from conf
 */
export function bridgeIntents(
  targets: readonly BridgeTarget[],
  host: Pick<Host, 'bridges' | 'ports'>,
  taps: readonly TapOfBridge[],
  others: readonly string[] = [],
): BridgeIntent[] {
  const common = (bridge: string, trunks: readonly string[]): Pick<BridgeIntent, 'kernel' | 'taps'> => {
    const now = host.bridges.get(bridge);
    const ports = trunks.map((name) => [name, host.ports.get(name)?.vlans ?? NO_VLANS] as const);
    return {
      kernel: {
        defaultPvid: now?.defaultPvid ?? null,
        own: now?.vlans ?? NO_VLANS,
        trunks: new Map(ports),
      },
      taps: taps.flatMap((tap) => (tap.bridge === bridge ? [tap.dev] : [])),
    };
  };
  const sections = targets.map(({ rule, trunks, wish }): BridgeIntent => {
    // A trunk that follows the running guests cannot agree with any static file.
    const vlansOf = (name: string): PortVlans | null =>
      rule.autoTrunk === undefined ? (wish.ports.get(name) ?? null) : null;
    return {
      bridge: rule.bridge,
      place: rule.place,
      filtering: rule.filtering,
      trunks: new Map(trunks.map((name) => [name, vlansOf(name)])),
      ...(rule.defaultPvid === undefined ? {} : { defaultPvid: rule.defaultPvid }),
      ...(rule.own === undefined ? {} : { own: rule.own }),
      ...common(rule.bridge, trunks),
    };
  });
  const plain = others
    .filter((bridge) => !targets.some(({ rule }) => rule.bridge === bridge))
    .map((bridge): BridgeIntent => {
      return { bridge, place: null, filtering: true, trunks: new Map(), ...common(bridge, []) };
    });
  return [...sections, ...plain];
}
