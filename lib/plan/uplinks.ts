import type { BridgePort, Host } from '../model/host/host';
import type { BridgeTarget } from './bridge_target';
import type { Claims } from './claims';
import { mayBeGuests } from './may_be_guests';
import { mayBeUplink } from './may_be_uplink';

/** The ports of a bridge that lead out of the host. */
export interface Uplinks {
  /** Those that bridge_init.conf names, without tunnels. */
  readonly trunks: readonly string[];
  /** All others that can lead out: conf may name the wrong trunks. */
  readonly others: readonly string[];
}

/**
 * The uplinks of a bridge. A tunnel that conf names as a trunk is one of the others: it leads to other hosts, which need
 * not be those that this host is reached from.
 */
export function uplinksOf(
  bridge: string,
  host: Host,
  targets: readonly BridgeTarget[],
  claims: Claims,
): Uplinks {
  const trunks = targets.find(({ rule }) => rule.bridge === bridge)?.trunks ?? [];
  const isNamed = ({ name }: BridgePort): boolean => trunks.includes(name);
  const isTrunk = (port: BridgePort): boolean => isNamed(port) && port.tunnels === null;
  const mayLeadOut = (port: BridgePort): boolean =>
    isNamed(port) || (!(claims.has(port.name) && mayBeGuests(port)) && mayBeUplink(port));
  const ports = [...host.ports.values()].filter((port) => port.bridge === bridge);
  const names = (some: readonly BridgePort[]): string[] => some.map(({ name }) => name);
  return {
    trunks: names(ports.filter(isTrunk)),
    others: names(ports.filter((port) => !isTrunk(port) && mayLeadOut(port))),
  };
}
