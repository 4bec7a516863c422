import { describeRule } from '../match/describe_rule';
import { expectedBridge, type Match } from '../match/match_ports';
import type { PortVlans } from '../types';
import type { Host } from '../vlan/host';

/** A running guest's port that is wanted, but in no bridge of the host. */
export interface MissingPort {
  readonly name: string;
  readonly guest: string;
  /** Where it should be, by its section or the guest's XML; null: nothing says. */
  readonly bridge: string | null;
  readonly wanted: PortVlans;
  readonly wantedBy: string;
}

/** The wanted ports that no bridge of the host has. */
export function missingPorts(host: Host, matches: readonly Match[]): MissingPort[] {
  return matches
    .flatMap((match) => match.wanted)
    .filter(({ dev }) => !host.ports.has(dev))
    .map(({ dev, guest, iface, wish, rule }) => ({
      name: dev,
      guest,
      bridge: expectedBridge({ rule, iface }),
      wanted: wish.vlans,
      wantedBy: describeRule(rule),
    }));
}
