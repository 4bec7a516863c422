import type { Routing } from '../../model/routes/routing';
import type { RoutesDesired } from './routed_tap';

/**
 * Whether nobody needs what guest_routes has made for an interface: the interface is gone, or nothing holds it and no
 * running guest has it. A guest that starts right now holds its tap already, but has no status file yet.
 */
export function isLeftOver(dev: string, { links }: Routing, desired: RoutesDesired): boolean {
  const guest = desired.gone.get(dev);
  if (guest !== undefined) return othersOf({ dev, guest }, desired).length === 0;
  if (desired.taps.some((tap) => tap.dev === dev)) return false;
  const link = links.get(dev);
  return link === undefined || (!link.hasCarrier && desired.guestsOf(dev).length === 0);
}

/**
 * The other running guests that claim a tap. Whoever may edit a guest's XML can write the name of another guest's tap into
 * it, and must not change what that guest has.
 */
export function othersOf(
  { dev, guest }: { readonly dev: string; readonly guest: string },
  { guestsOf }: RoutesDesired,
): readonly string[] {
  return guestsOf(dev).filter((name) => name !== guest);
}
