import type { Host } from '../vlan/host';
import type { BridgeTarget } from './bridge_target';

/**
 * The ports by which a bridge leads out of the host: its trunks, and all others that are not known to lead to a guest.
 * Those count too, as conf may name the wrong one.
 */
export function uplinksOf(
  bridge: string,
  host: Host,
  targets: readonly BridgeTarget[],
  guestPorts: ReadonlySet<string>,
): string[] {
  const trunks = targets.find(({ rule }) => rule.bridge === bridge)?.trunks ?? [];
  return [...host.ports.values()]
    .filter((port) => port.bridge === bridge && (trunks.includes(port.name) || !guestPorts.has(port.name)))
    .map(({ name }) => name);
}
