import { equalIp, formatIp, type IpAddress } from '../../model/address/ip_address';
import { GATEWAY } from '../../model/routes/gateway';
import { PROTOCOL, type Routing } from '../../model/routes/routing';
import { sysctlFile } from '../../model/routes/sysctl';
import { filterRuleset, isFilterOf } from '../../model/routes/tap_filter';
import type { RoutedTap } from './routed_tap';
import { ipStep, type RouteStep } from './route_step';

/**
 * What a tap needs before its guest runs, and what harms nobody if the guest never does: nothing of it attracts traffic
 * to this host. A VRF comes first, because the kernel flushes addresses when an interface enters it.
 */
export function planPreparation(tap: RoutedTap, routing: Routing): RouteStep[] {
  const { dev, wish } = tap;
  const families = ([4, 6] as const).filter((family) => wish.addresses.some((one) => one.family === family));
  const enters = wish.vrf !== null && routing.links.get(dev)?.master !== wish.vrf;
  return [
    ...(enters && wish.vrf !== null
      ? [ipStep('prepare', 'vrf', dev, wish.vrf, ['link', 'set', 'dev', dev, 'master', wish.vrf])]
      : []),
    ...families.flatMap((family) => prepareFamily(tap, family, routing, enters)),
    ...prepareFilter(tap, routing),
  ];
}

function prepareFamily(tap: RoutedTap, family: 4 | 6, routing: Routing, enters: boolean): RouteStep[] {
  const { dev, wish } = tap;
  const setting =
    family === 4 ? setTo(dev, routing, 'ipv4', 'forwarding', '1') : acceptNoRouters(dev, routing);
  const gateway = GATEWAY[family];
  const length = family === 4 ? 32 : 64;
  const usesGateway = family === 6 || wish.gateway === 'link-local';
  const has = (routing.links.get(dev)?.addresses ?? []).some(
    ({ address }) => address === `${gateway}/${length}`,
  );
  const flags = family === 6 ? ['nodad'] : [];
  const add = ['addr', 'replace', `${gateway}/${length}`, 'dev', dev, ...flags];
  const neighbours = wish.addresses.filter(
    (address) => address.family === family && !knows(routing, tap, address),
  );
  return [
    ...setting,
    ...(usesGateway && (!has || enters) ? [ipStep('prepare', 'gateway', dev, gateway, add)] : []),
    ...neighbours.map((address) =>
      ipStep('prepare', 'neighbour', dev, formatIp(address), [
        ...['neigh', 'replace', formatIp(address), 'lladdr', tap.mac, 'dev', dev, 'nud', 'permanent'],
      ]),
    ),
    ...prepareRule(tap, family, routing),
  ];
}

/** A router on the guest's side is no router for this host. */
function acceptNoRouters(dev: string, routing: Routing): RouteStep[] {
  return setTo(dev, routing, 'ipv6', 'accept_ra', '0');
}

/** The step that sets a setting of an interface; none if it has the value, or if there is no such file. */
export function setTo(
  dev: string,
  { settings }: Routing,
  family: 'ipv4' | 'ipv6',
  name: string,
  value: string,
  purpose: 'prepare' | 'claim' = 'prepare',
): RouteStep[] {
  const file = sysctlFile('net', family, 'conf', dev, name);
  const now = settings.get(file);
  if (now === undefined || now === value) return [];
  return [{ purpose, object: 'setting', dev, subject: name, action: { tool: 'sysctl', file, value } }];
}

/** The guest's MAC is known, so nobody else can answer for its address. */
function knows({ neighbours }: Routing, { dev, mac }: RoutedTap, address: IpAddress): boolean {
  return neighbours.some((one) => one.dev === dev && one.mac === mac && equalIp(one.address, address));
}

function prepareRule({ dev, wish: { table } }: RoutedTap, family: 4 | 6, { rules }: Routing): RouteStep[] {
  const has = rules.some(
    (rule) =>
      rule.isOurs && !rule.isDetached && rule.dev === dev && rule.family === family && rule.table === table,
  );
  if (table === null || has) return [];
  const args = [`-${family}`, 'rule', 'add', 'iif', dev, 'lookup', String(table), 'protocol', PROTOCOL];
  return [ipStep('prepare', 'rule', dev, String(table), args)];
}

function prepareFilter({ dev, mac, wish }: RoutedTap, { filters }: Routing): RouteStep[] {
  const { addresses, routes, isStrict } = wish;
  if (!isStrict || filters === null) return [];
  const filter = { tap: dev, mac, addresses, routes };
  const found = filters.get(dev);
  if (found !== undefined && isFilterOf(found, filter)) return [];
  const action = { tool: 'nft', ruleset: filterRuleset(filter) } as const;
  return [{ purpose: 'prepare', object: 'filter', dev, subject: null, action }];
}
