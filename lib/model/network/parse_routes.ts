import { parseJson } from '../host/parse_json';
import type { NetRoute, NetRule } from './host_network';

/** A route in the output of `ip -j route show table all`. Source: iproute2 ip/iproute.c. */
interface RouteJson {
  readonly type?: string;
  readonly dst?: string;
  readonly gateway?: string;
  readonly via?: { readonly host?: string };
  readonly dev?: string;
  readonly table?: string;
  readonly metric?: number;
  readonly protocol?: string;
  readonly scope?: string;
  readonly prefsrc?: string;
  readonly flags?: readonly string[];
  readonly metrics?: readonly { readonly mtu?: number }[];
  readonly nexthops?: readonly {
    readonly gateway?: string;
    readonly dev?: string;
    readonly flags?: readonly string[];
  }[];
}

type RuleJson = Readonly<Record<string, unknown>> & {
  readonly priority?: number;
  readonly iif?: string;
  readonly oif?: string;
};

/** The priorities of the rules that the kernel itself makes: local, main, default. */
const OF_KERNEL: readonly number[] = [0, 32766, 32767];

/** All routes of a family, one for each next hop. Throws KnownError. */
export function parseRoutes(output: string, family: 4 | 6): NetRoute[] {
  return parseJson<RouteJson>(`ip -j -${family} route show table all`, output).flatMap((route) =>
    (route.nexthops ?? [route]).map((hop) => ({
      family,
      to: route.dst ?? 'default',
      via: hop.gateway ?? route.via?.host ?? null,
      dev: hop.dev ?? null,
      table: route.table ?? 'main',
      metric: route.metric ?? null,
      protocol: route.protocol ?? 'boot',
      scope: route.scope ?? null,
      source: route.prefsrc ?? null,
      type: route.type ?? 'unicast',
      mtu: route.metrics?.find(({ mtu }) => mtu !== undefined)?.mtu ?? null,
      onlink: (hop.flags ?? []).includes('onlink'),
    })),
  );
}

/** The policy rules of a family that the kernel did not make itself. Throws KnownError. */
export function parseRules(output: string, family: 4 | 6): NetRule[] {
  return parseJson<RuleJson>(`ip -j -${family} rule`, output)
    .filter(({ priority = 0 }) => !OF_KERNEL.includes(priority))
    .map((rule) => ({
      family,
      priority: rule.priority ?? 0,
      devs: [rule.iif, rule.oif].flatMap((dev) => dev ?? []),
      text: JSON.stringify(rule),
    }));
}
