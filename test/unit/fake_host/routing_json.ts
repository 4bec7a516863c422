import { formatIp } from '../../../lib/model/address/ip_address';
import type { NetRoute } from '../../../lib/model/network/host_network';
import { PROTOCOL, type InterfaceRule } from '../../../lib/model/routes/routing';
import { UNICAST, type ModelRouting } from './routing_model';

/** What `ip -N -j -4 -batch -` prints for ROUTING_SHOW, or -6. */
export function routingJson({ routes, proxies, neighbours, rules }: ModelRouting, family: 4 | 6): string {
  const isHere = (one: { readonly family: 4 | 6 }): boolean => one.family === family;
  const shown = [
    routes.filter(isHere).map(routeJson),
    proxies
      .filter(({ address }) => isHere(address))
      .map(({ address, dev, isOurs }) => ({ dst: formatIp(address), dev, ...protocolOf(isOurs) })),
    neighbours
      .filter(({ address }) => isHere(address))
      .map(({ address, dev, mac }) => ({ dst: formatIp(address), dev, lladdr: mac, state: ['PERMANENT'] })),
    rules.filter(isHere).map(ruleJson),
  ];
  return shown.map((list) => `${JSON.stringify(list)}\n`).join('');
}

function routeJson({ type, to, via, dev, table, metric, protocol, onlink }: NetRoute): object {
  return {
    ...(type === UNICAST ? {} : { type }),
    dst: to,
    ...(via === null ? {} : { gateway: via }),
    ...(dev === null ? {} : { dev }),
    protocol,
    ...(table === 'main' ? {} : { table }),
    ...(metric === null ? {} : { metric }),
    flags: onlink ? ['onlink'] : [],
  };
}

function ruleJson({ priority, dev, isDetached, table, isOurs }: InterfaceRule): object {
  return {
    priority,
    src: 'all',
    iif: dev,
    ...(isDetached ? { iif_detached: null } : {}),
    table: String(table),
    ...protocolOf(isOurs),
  };
}

/** The model does not keep which other protocol it is. */
function protocolOf(isOurs: boolean): object {
  return isOurs ? { protocol: PROTOCOL } : {};
}
