import type { RuleSource } from '../../model/match/describe_rule';
import { expectedBridge, type Match } from '../../model/match/match_ports';
import type { PortVlans } from '../../model/vlan/port_vlans';
import { lostTaps, type GuestInterface } from '../lost_taps';
import type { Host } from '../../model/host/host';

/** A running guest's port that is in no bridge, although conf or the guest's XML wants it in one. */
export interface MissingPort {
  readonly name: string;
  readonly guest: string;
  /** Where it should be, by its section or the guest's XML; null: neither names a bridge. */
  readonly bridge: string | null;
  /** null: conf has no VLANs for it. */
  readonly wanted: PortVlans | null;
  readonly wantedBy: RuleSource | null;
}

/** The wanted ports that are in no bridge, and the taps that have lost theirs. */
export function missingPorts(
  host: Host,
  matches: readonly Match[],
  interfaces: readonly GuestInterface[],
): MissingPort[] {
  const missing = matches.flatMap((match) => match.wanted).filter(({ dev }) => !host.ports.has(dev));
  const lost = lostTaps(interfaces, [...host.links.values()]).filter(
    ({ dev }) => !missing.some((port) => port.dev === dev),
  );
  return [
    ...missing.map(({ dev, guest, iface, wish, rule }) => ({
      name: dev,
      guest,
      bridge: expectedBridge({ rule, iface }),
      wanted: wish.vlans,
      wantedBy: rule,
    })),
    ...lost.map(({ dev, guest, bridge }) => ({ name: dev, guest, bridge, wanted: null, wantedBy: null })),
  ];
}
