import { parseIp } from '../address/ip_address';
import { parseJson, unreadable } from '../host/parse_json';
import type { NetRoute } from '../network/host_network';
import { parseRoutes } from '../network/parse_routes';
import { PROTOCOL, type InterfaceRule, type PermanentNeighbour, type ProxyEntry } from './routing';

/** What `ip` has to show for each family, as lines of a batch, with numbers for names (`ip -N`). */
export const ROUTING_SHOW = 'route show table all\nneigh show proxy\nneigh show nud permanent\nrule show\n';

/** What `ip -N -j -4 -batch` printed for ROUTING_SHOW, or -6. */
export interface FamilyRouting {
  readonly routes: readonly NetRoute[];
  readonly proxies: readonly ProxyEntry[];
  readonly neighbours: readonly PermanentNeighbour[];
  readonly rules: readonly InterfaceRule[];
}

interface NeighbourJson {
  readonly dst?: string;
  readonly dev?: string;
  readonly lladdr?: string;
  readonly protocol?: string;
}

interface RuleJson {
  readonly priority?: number;
  readonly iif?: string;
  /** It has no value: it is there or not. */
  readonly iif_detached?: null;
  readonly table?: string;
  readonly protocol?: string;
}

/** Throws KnownError if the output is not what `ip` prints. Source: iproute2 ip/ipneigh.c, ip/iprule.c. */
export function parseRouting(output: string, family: 4 | 6): FamilyRouting {
  const command = `ip -N -j -${family} -batch`;
  // Each command prints an array on a line of its own.
  const shown = output.split('\n').filter((line) => line.trim() !== '');
  if (shown.length !== 4) throw unreadable(command, `${shown.length} results instead of 4`);
  const [routes = '', proxies = '', neighbours = '', rules = ''] = shown;
  return {
    routes: parseRoutes(routes, family),
    proxies: parseJson<NeighbourJson>(command, proxies).flatMap(
      ({ dst = '', dev, protocol }): ProxyEntry[] => {
        const address = parseIp(dst);
        return address === null || dev === undefined ? [] : [{ address, dev, isOurs: protocol === PROTOCOL }];
      },
    ),
    neighbours: parseJson<NeighbourJson>(command, neighbours).flatMap(
      ({ dst = '', dev, lladdr: mac }): PermanentNeighbour[] => {
        const address = parseIp(dst);
        return address === null || dev === undefined || mac === undefined ? [] : [{ address, dev, mac }];
      },
    ),
    rules: parseJson<RuleJson>(command, rules).flatMap((rule): InterfaceRule[] => {
      const { priority = 0, iif: dev, iif_detached: detached, table, protocol } = rule;
      const isOurs = protocol === PROTOCOL;
      const number = Number(table);
      if (dev === undefined) return [];
      return [{ family, priority, dev, isDetached: detached !== undefined, table: number, isOurs }];
    }),
  };
}
