import type { Routing } from '../../model/routes/routing';
import type { RoutesDesired } from './routed_tap';

/**
 * Whether nobody needs what guest_routes has made for an interface: the interface is gone, or nothing holds it and no
 * running guest has it. A guest that starts right now holds its tap already, but has no status file yet.
 */
export function isLeftOver(dev: string, { links }: Routing, desired: RoutesDesired): boolean {
  if (desired.gone.has(dev)) return true;
  if (desired.taps.some((tap) => tap.dev === dev)) return false;
  const link = links.get(dev);
  return link === undefined || (!link.hasCarrier && desired.guestOf(dev) === null);
}
