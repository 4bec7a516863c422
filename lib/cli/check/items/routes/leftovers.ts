import type { Domain } from '../../../../model/guest/domain';
import { PROTOCOL } from '../../../../model/routes/routing';
import { shellQuote } from '../../../../text/shell_quote';
import type { Finding } from '../../finding';
import type { RouteFacts } from '../../route_facts';
import { routeFinding } from './route_finding';

/**
 * Checks for rules and filters that have outlived their tap. The kernel applies them to the next interface of that name,
 * which may be another guest's.
 *
 * @param running null: not known
 */
export function checkRouteLeftovers({ routing }: RouteFacts, running: readonly Domain[] | null): Finding[] {
  if (routing === null) return [];
  const { rules, filters, links } = routing;
  const detached = rules.filter(({ isOurs, isDetached }) => isOurs && isDetached);
  const claimed = new Set(running?.flatMap(({ interfaces }) => interfaces.map(({ dev }) => dev)));
  const left = [...(filters?.keys() ?? [])].filter((dev) => !links.has(dev) && !claimed.has(dev));
  return [
    ...detached.map(({ family, dev, table, priority }) => {
      const which = `iif ${shellQuote(dev)} lookup ${table} priority ${priority} protocol ${PROTOCOL}`;
      return routeFinding(
        'route-rule-left',
        'warning',
        `a rule for ${dev}, which does not exist, leads to table ${table}: the next interface of that name gets it`,
        `sudo guest_routes --all   # or: sudo ip -${family} rule del ${which}`,
      );
    }),
    ...left.map((dev) =>
      routeFinding(
        'route-filter-left',
        'warning',
        `a filter for ${dev}, which does not exist, is still there: it drops the frames of the next interface of that name`,
        'sudo guest_routes --all',
      ),
    ),
  ];
}
