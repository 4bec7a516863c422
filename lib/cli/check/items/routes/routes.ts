import type { Facts } from '../../facts';
import type { Finding } from '../../finding';
import { checkForwarded } from './forwarded';
import { checkRoutedInterfaces } from './interfaces';
import { checkRouteLeftovers } from './leftovers';
import { routeFinding } from './route_finding';
import { checkRouteServices } from './services';
import { checkRouteSettings } from './settings';
import { checkTables } from './tables';

/** Checks for what keeps routed guests from being reached; nothing if conf routes no guest. */
export function checkRoutes({ routes, running, stopped, isRoot }: Facts): Finding[] {
  if (routes === null) return [];
  const found = [
    ...checkRouteSettings(routes, isRoot),
    ...checkTables(routes),
    ...checkForwarded(routes, isRoot),
    ...checkRoutedInterfaces(routes, running ?? [], stopped ?? []),
    ...checkRouteLeftovers(routes, running),
    ...checkRouteServices(routes),
  ];
  if (found.length > 0) return found;
  return [routeFinding('ok', 'ok', 'this host can route the addresses of guests', null)];
}
