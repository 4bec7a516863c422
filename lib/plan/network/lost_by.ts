import type { HostNetwork, NetAddress, NetRoute } from '../../model/network/host_network';
import { parseResolvConf } from '../../model/network/parse_resolvectl';
import { isMoved, movedName, movedZone, withZoneName, type Move } from '../../model/network/move';

/** Something that the host had before a move and does not have after it. */
export type Lost =
  | { readonly kind: 'address'; readonly dev: string; readonly address: string }
  | { readonly kind: 'route'; readonly dev: string; readonly route: NetRoute }
  | { readonly kind: 'rule'; readonly rule: string }
  | { readonly kind: 'name-server'; readonly server: string }
  | { readonly kind: 'search-domain'; readonly domain: string }
  | { readonly kind: 'mac'; readonly dev: string; readonly was: string; readonly is: string }
  | { readonly kind: 'mtu'; readonly dev: string; readonly was: number; readonly is: number };

/**
 * What a move has lost. Temporary and link-local addresses, and the routes that the kernel makes for addresses, do not
 * count. Nor do metrics: managers derive them from the kind of interface.
 */
export function lostBy(before: HostNetwork, after: HostNetwork, move: Move): Lost[] {
  return [
    ...lostAddresses(before, after, move),
    ...lostRoutes(before, after, move),
    ...lostRules(before, after, move),
    ...lostDns(before, after, move),
    ...lostSettings(before, after, move),
  ];
}

/** The addresses of an interface that must stay: those that other hosts know. */
export function lastingAddresses(network: HostNetwork, dev: string): readonly NetAddress[] {
  return (network.links.get(dev)?.addresses ?? []).filter(
    ({ scope, isTemporary }) => scope !== 'link' && !isTemporary,
  );
}

/**
 * The routes through an interface that somebody has configured or received. ifupdown2 gives gateways the protocol of the
 * kernel, but the kernel's own routes have none.
 */
export function lastingRoutes(network: HostNetwork, dev: string): readonly NetRoute[] {
  return network.routes.filter(
    (route) =>
      route.dev === dev &&
      (route.protocol !== 'kernel' || route.via !== null) &&
      route.type === 'unicast' &&
      route.table !== 'local',
  );
}

function devsOf({ from, vlans }: Move): string[] {
  return [from, ...vlans];
}

function lostAddresses(before: HostNetwork, after: HostNetwork, move: Move): Lost[] {
  return devsOf(move).flatMap((old) => {
    const dev = movedName(move, old);
    const there = after.links.get(dev)?.addresses ?? [];
    return lastingAddresses(before, old)
      .filter(({ address }) => !there.some((each) => each.address === address && !each.isUnusable))
      .map(({ address }): Lost => ({ kind: 'address', dev, address }));
  });
}

function lostRoutes(before: HostNetwork, after: HostNetwork, move: Move): Lost[] {
  return devsOf(move).flatMap((old) => {
    const dev = movedName(move, old);
    const key = ({ family, to, via, table }: NetRoute): string => JSON.stringify([family, to, via, table]);
    const there = new Set(after.routes.filter((route) => route.dev === dev).map(key));
    return lastingRoutes(before, old)
      .filter((route) => !there.has(key(route)))
      .map((route): Lost => ({ kind: 'route', dev, route }));
  });
}

function lostRules(before: HostNetwork, after: HostNetwork, move: Move): Lost[] {
  const there = new Set(after.rules.map(({ family, text }) => `${family} ${text}`));
  return before.rules.flatMap(({ family, text }): Lost[] => {
    const moved = renameIn(text, move);
    return there.has(`${family} ${moved}`) ? [] : [{ kind: 'rule', rule: moved }];
  });
}

function renameIn(text: string, move: Move): string {
  const rule = JSON.parse(text) as Record<string, unknown>;
  for (const key of ['iif', 'oif']) if (typeof rule[key] === 'string') rule[key] = movedName(move, rule[key]);
  return JSON.stringify(rule);
}

/** The servers of an interface, and those of resolv.conf. With systemd-resolved, resolv.conf names only its stub. */
function lostDns(before: HostNetwork, after: HostNetwork, move: Move): Lost[] {
  const [was, is] = [before, after].map((network) => {
    const all = [...network.linkDns].filter(([dev]) => isMoved(move, dev) || dev === move.to);
    const conf = parseResolvConf(network.resolvConf ?? '');
    const servers = [...all.flatMap(([, dns]) => dns.servers), ...conf.servers];
    return {
      servers: servers.map((server) => withZoneName(server, network)),
      domains: [...all.flatMap(([, { domains }]) => domains), ...conf.domains],
    };
  });
  const gone = (list: 'servers' | 'domains'): string[] => [
    ...new Set(
      was?.[list].map((each) => movedZone(move, each)).filter((each) => is?.[list].includes(each) !== true),
    ),
  ];
  return [
    ...gone('servers').map((server): Lost => ({ kind: 'name-server', server })),
    ...gone('domains').map((domain): Lost => ({ kind: 'search-domain', domain })),
  ];
}

function lostSettings(before: HostNetwork, after: HostNetwork, { from, to }: Move): Lost[] {
  const [was, is] = [before.links.get(from), after.links.get(to)];
  if (was === undefined || is === undefined) return [];
  return [
    ...(was.mac === is.mac ? [] : [{ kind: 'mac', dev: to, was: was.mac, is: is.mac } as const]),
    ...(was.mtu === is.mtu ? [] : [{ kind: 'mtu', dev: to, was: was.mtu, is: is.mtu } as const]),
  ];
}
