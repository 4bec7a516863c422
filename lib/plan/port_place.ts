import { expectedBridge, type WantedPort } from '../model/match/match_ports';
import type { Host } from '../model/host/host';
import type { Claims } from './claims';
import { mayBeGuests } from './may_be_guests';

/** Why a guest's port is not the guest's to set, or why its VLANs have no effect where it is. */
export type Misplaced =
  /** A section gives the guest a port by its name, and another running guest has it. */
  | { readonly code: 'of-others'; readonly guests: readonly string[] }
  | { readonly code: 'claimed-by-others'; readonly guests: readonly string[] }
  | { readonly code: 'not-there' }
  | { readonly code: 'trunk' }
  /** @property kind what it is instead; null: a physical device */
  | { readonly code: 'no-tap'; readonly kind: string | null }
  | { readonly code: 'in-no-bridge' }
  | { readonly code: 'in-other-bridge'; readonly bridge: string; readonly expected: string }
  /** It can be set all the same. */
  | { readonly code: 'not-filtering'; readonly bridge: string };

/**
 * Whether a port is the guest's to set, is in the right bridge, and its VLANs count there; null: all that holds. A
 * guest's XML is the guest's word: a name in it gives it no port that is not its tap, no trunk, and none that another
 * running guest claims.
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
  return host.bridges.get(bridge)?.filtering === true ? null : { code: 'not-filtering', bridge };
}
