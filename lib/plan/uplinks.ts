import type { BridgePort, Host } from '../model/host/host';
import { mayBeGuests } from './may_be_guests';

/** Kinds of devices that lead to guests or nowhere. Source: ip-link(8). */
const NO_UPLINKS = ['tun', 'veth', 'dummy', 'ifb', 'macvtap'];

/** Whether a port can lead out of the host, by the kind of its device. */
export function mayBeUplink({ kind }: BridgePort): boolean {
  return !NO_UPLINKS.includes(kind ?? '');
}

/** The ports of a bridge that lead out of the host. */
export interface Uplinks {
  /** Those that bridge_init.conf names. */
  readonly trunks: readonly string[];
  /** All others that can lead out: conf may name the wrong trunks. */
  readonly others: readonly string[];
}

/**
 * The uplinks of a bridge.
 *
 * @param guestPorts the interfaces that running guests claim
 */
export function uplinksOf(
  bridge: string,
  host: Host,
  trunks: readonly string[],
  guestPorts: { has(name: string): boolean },
): Uplinks {
  const mayLeadOut = (port: BridgePort): boolean =>
    !trunks.includes(port.name) && !(guestPorts.has(port.name) && mayBeGuests(port)) && mayBeUplink(port);
  const ports = [...host.ports.values()].filter((port) => port.bridge === bridge);
  return {
    trunks: ports.filter(({ name }) => trunks.includes(name)).map(({ name }) => name),
    others: ports.filter(mayLeadOut).map(({ name }) => name),
  };
}
