import type { RouteWish } from '../../../../model/routes/route_wish';
import type { Routing } from '../../../../model/routes/routing';
import { distinct } from '../../../../text/distinct';
import { shellQuote } from '../../../../text/shell_quote';
import type { Finding } from '../../finding';
import type { RouteFacts } from '../../route_facts';
import { routeFinding } from './route_finding';

/** Such a route is used after all others, as in the kernel's Documentation/networking/vrf.rst. */
const LAST_METRIC = 4278198272;

/**
 * Checks whether tables of guests have a default route. What a table does not know is looked up in the main table, also if
 * it is the table of a VRF.
 */
export function checkTables({ wishes, routing }: RouteFacts): Finding[] {
  if (routing === null) return [];
  const open = wishes.flatMap(({ wish }) => openTables(wish, routing));
  return distinct(open, (one) => JSON.stringify(one)).map(toFinding);
}

/** A table without a default route. */
interface OpenTable {
  readonly vrf: string | null;
  readonly table: number;
  readonly family: 4 | 6;
}

function openTables({ vrf, table: own, addresses }: RouteWish, { links, routes }: Routing): OpenTable[] {
  const table = vrf === null ? own : links.get(vrf)?.vrfTable;
  if (table === null || table === undefined) return [];
  const families = new Set(addresses.map(({ family }) => family));
  return [...families].flatMap((family) => {
    const has = routes.some(
      (route) => route.family === family && route.to === 'default' && route.table === String(table),
    );
    return has ? [] : [{ vrf, table, family }];
  });
}

function toFinding({ vrf, table, family }: OpenTable): Finding {
  const of = vrf === null ? `table ${table}` : `VRF ${vrf}`;
  const where = vrf === null ? `table ${table}` : `vrf ${shellQuote(vrf)}`;
  return routeFinding(
    'route-table-open',
    'warning',
    `${of} has no default route for IPv${family}: what its guests send leaves through the main table`,
    `sudo ip -${family} route add unreachable default metric ${LAST_METRIC} ${where}`,
  );
}
