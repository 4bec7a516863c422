import type { HostNetwork } from './host_network';
import type { Move } from './move';
import type { NetworkChange } from './network_change';
import type { Probe } from './probe';

/** A bridge that `kvmvlan bridge create` has made, for its removal later. */
export interface BridgeRecord {
  readonly bridge: string;
  readonly port: string;
  /** The VLAN interfaces that moved from the port to the bridge. */
  readonly vlans: readonly { readonly name: string; readonly vid: number }[];
  /** The change that created it. */
  readonly created: NetworkChange;
}

/** A change of the host's network that waits to be confirmed. */
export interface PendingMove {
  readonly kind: 'create' | 'remove';
  readonly record: BridgeRecord;
  readonly change: NetworkChange;
  readonly move: Move;
  /** The host's network before it. */
  readonly before: HostNetwork;
  /** The hosts that answered before it, and must answer after it. */
  readonly probes: readonly Probe[];
  /** When it began, in clock ticks since the boot: only a later login can confirm it. */
  readonly startedTicks: number;
}

type NetworkJson = Omit<HostNetwork, 'links' | 'linkDns'> & {
  readonly links: [string, unknown][];
  readonly linkDns: [string, unknown][];
};

/** As pending.json holds it. */
export type PendingMoveJson = Omit<PendingMove, 'before'> & { readonly before: NetworkJson };

export function moveToJson(move: PendingMove): PendingMoveJson {
  const { links, linkDns } = move.before;
  return { ...move, before: { ...move.before, links: [...links], linkDns: [...linkDns] } };
}

export function moveOfJson(json: PendingMoveJson): PendingMove {
  const { links, linkDns } = json.before;
  const before = { ...json.before, links: new Map(links), linkDns: new Map(linkDns) } as HostNetwork;
  return { ...json, before };
}
