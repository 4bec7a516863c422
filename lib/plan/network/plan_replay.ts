import type { HostNetwork, NetRoute } from '../../model/network/host_network';
import type { Move } from '../../model/network/move';
import { lastingAddresses, lastingRoutes, lostBy } from './lost_by';

/** Arguments of `ip`. */
export type IpCommand = readonly string[];

/**
 * The commands that give the host its addresses, routes and rules back by `ip` alone, for when the network manager has
 * not done it. Without DNS: no manager, no DNS.
 *
 * @param before what it was
 * @param created the bridge that did not exist then; null: a bridge was removed
 */
export function planReplay(
  before: HostNetwork,
  now: HostNetwork,
  move: Move,
  created: string | null,
): IpCommand[] {
  // All devices have the names that they had before.
  const lost = lostBy(before, now, { ...move, to: move.from });
  const devs = [move.from, ...move.vlans];
  const missing = devs.filter(
    (dev) => !now.links.has(dev) && before.links.get(dev)?.vlan !== null && before.links.has(dev),
  );
  const isLost = (dev: string): boolean =>
    missing.includes(dev) || lost.some((each) => 'dev' in each && each.dev === dev);
  return [
    ...(created !== null && now.links.has(created) ? [['link', 'del', created]] : []),
    ...((now.links.get(move.from)?.master ?? null) === null || created === null
      ? []
      : [['link', 'set', move.from, 'nomaster']]),
    ...missing.flatMap((dev) => createVlan(before, dev)),
    ...devs.filter(isLost).flatMap((dev) => bringBack(before, dev)),
    ...lost.flatMap((each) => (each.kind === 'rule' ? [ruleOf(each.rule)] : [])),
  ];
}

function createVlan(before: HostNetwork, dev: string): IpCommand[] {
  const link = before.links.get(dev);
  const vlan = link?.vlan ?? null;
  const below = link?.below ?? null;
  if (vlan === null || below === null) return [];
  const { vid, protocol } = vlan;
  return [
    ['link', 'add', 'link', below, 'name', dev, 'type', 'vlan', 'protocol', protocol, 'id', String(vid)],
  ];
}

function bringBack(before: HostNetwork, dev: string): IpCommand[] {
  return [
    ['link', 'set', dev, 'up'],
    ...lastingAddresses(before, dev).map(({ address }) => ['addr', 'replace', address, 'dev', dev]),
    // Gateways must be reachable before the routes that use them.
    ...[...lastingRoutes(before, dev)]
      .sort((a, b) => Number(a.via !== null) - Number(b.via !== null))
      .map(routeOf),
  ];
}

function routeOf(route: NetRoute): IpCommand {
  return [
    `-${route.family}`,
    'route',
    'replace',
    route.to,
    ...(route.via === null ? [] : ['via', route.via]),
    'dev',
    route.dev ?? '',
    'table',
    route.table,
    ...(route.metric === null ? [] : ['metric', String(route.metric)]),
    ...(route.source === null ? [] : ['src', route.source]),
    ...(route.onlink ? ['onlink'] : []),
  ];
}

/** The selectors of a rule that `ip rule add` takes by the same names as JSON has them. */
function ruleOf(text: string): IpCommand {
  const rule = JSON.parse(text) as Record<string, string | number | undefined>;
  const prefix = (value?: string | number, length?: string | number): string | undefined =>
    value === undefined || length === undefined ? value?.toString() : `${value}/${length}`;
  const words = Object.entries({
    from: prefix(rule.src, rule.srclen),
    to: prefix(rule.dst, rule.dstlen),
    iif: rule.iif,
    oif: rule.oif,
    fwmark: rule.fwmark,
    table: rule.table,
    priority: rule.priority,
  }).flatMap(([key, value]) => (value === undefined ? [] : [key, String(value)]));
  return [`${rule.src ?? rule.dst ?? ''}`.includes(':') ? '-6' : '-4', 'rule', 'add', ...words];
}
