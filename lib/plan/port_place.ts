import { expectedBridge, type WantedPort } from '../model/match/match_ports';
import type { Host } from '../model/host/host';
import { cutTunnels } from '../model/vlan/tunnels';
import type { Vid } from '../model/vlan/vid';
import type { Claims } from './claims';
import { mayBeGuests } from './may_be_guests';

/** Why a guest's port must not be set, or why its VLANs have no effect where it is. */
export type Misplaced =
  /** A section names this port for the guest, but it belongs to another running guest. */
  | { readonly code: 'of-others'; readonly guests: readonly string[] }
  | { readonly code: 'claimed-by-others'; readonly guests: readonly string[] }
  | { readonly code: 'not-there' }
  | { readonly code: 'trunk' }
  /** @property kind what it is; null: a physical device */
  | { readonly code: 'no-tap'; readonly kind: string | null }
  | { readonly code: 'in-no-bridge' }
  | { readonly code: 'in-other-bridge'; readonly bridge: string; readonly expected: string }
  /** @property vids mapped VLANs that it would no longer carry tagged */
  | { readonly code: 'cuts-tunnel'; readonly vids: readonly Vid[] }
  /** It can still be set. */
  | { readonly code: 'not-filtering'; readonly bridge: string };

/**
 * Why a port must not be set for a guest, or why its VLANs have no effect; null: neither. A guest's XML only claims
 * ports: it cannot get a trunk, an interface that is not a tap, or a port that another running guest claims too.
 *
 * @param trunks the trunk ports of all bridges
 */
export function portPlace(
  port: WantedPort,
  host: Host,
  claims: Claims,
  trunks: ReadonlySet<string>,
): Misplaced | null {
  const { dev, guest, iface } = port;
  const guests = (claims.get(dev) ?? []).filter((name) => name !== guest);
  if (guests.length > 0) return { code: iface === null ? 'of-others' : 'claimed-by-others', guests };
  const link = host.links.get(dev);
  if (link === undefined) return { code: 'not-there' };
  if (trunks.has(dev)) return { code: 'trunk' };
  if (!mayBeGuests(link)) return { code: 'no-tap', kind: link.kind };
  const found = host.ports.get(dev);
  if (found === undefined) return { code: 'in-no-bridge' };
  const { bridge } = found;
  const expected = expectedBridge(port) ?? bridge;
  if (bridge !== expected) return { code: 'in-other-bridge', bridge, expected };
  const vids = cutTunnels(found.tunnels, port.wish.vlans);
  if (vids.length > 0) return { code: 'cuts-tunnel', vids };
  return host.bridges.get(bridge)?.filtering === true ? null : { code: 'not-filtering', bridge };
}
