import { readBridgeInitConf, type BridgeRule } from '../../../../lib/model/conf/bridge_init_conf';
import { formatConfProblem, type ConfProblem } from '../../../../lib/model/conf/conf_problem';
import { readDispatchConf, type ScriptConf } from '../../../../lib/model/conf/dispatch_conf';
import { readVlanFilteringConf } from '../../../../lib/model/conf/vlan_filtering_conf';
import { formatIp, formatPrefix } from '../../../../lib/model/address/ip_address';
import type { Rule, RuleConf } from '../../../../lib/model/match/rule';
import { readGuestRoutesConf } from '../../../../lib/model/routes/guest_routes_conf';
import type { RouteWish } from '../../../../lib/model/routes/route_wish';
import { describePortVlans, type PortVlans } from '../../../../lib/model/vlan/port_vlans';

/** How each kind of conf file reads a text: all that it understood, and all that it finds wrong, in lines. */
export const DESCRIBE: Readonly<Record<string, (text: string) => string>> = {
  bridge_init(text) {
    const { rules, mayHide, problems } = readBridgeInitConf(text, 'bridge_init.conf');
    return lines(
      [...rules.map(describeBridgeRule), ...(mayHide ? ['a section may be hidden'] : [])],
      problems,
    );
  },
  dispatch(text) {
    const conf = readDispatchConf(text, 'dispatch.conf');
    const names = ['vlan_filtering', 'backup', 'no_section'];
    return lines(
      names.map((name) => `${name}: ${describeScriptConf(conf.forScript(name))}`),
      conf.problems,
    );
  },
  vlan_filtering: (text) =>
    describeRules(readVlanFilteringConf(text, 'vlan_filtering.conf'), ({ vlans, flags }) =>
      words({ vlans, ...flags }),
    ),
  guest_routes: (text) => describeRules(readGuestRoutesConf(text, 'guest_routes.conf'), describeRouteWish),
};

function describeRules<W>(
  { rules, problems, metadata, hiding, lost, ofMetadata }: RuleConf<W>,
  describe: (wish: W) => string,
): string {
  const concern = (whom: string, some: readonly ConfProblem[]): string[] =>
    some.length === 0 ? [] : [`${whom}: line ${places(some)}`];
  return lines(
    [
      `metadata: ${metadata}`,
      ...rules.map((rule) => describeRule(rule, describe)),
      ...concern('concern every guest', hiding),
      ...(lost === null
        ? []
        : concern(`concern where ${words(lost.conditions) || 'anything'}`, lost.problems)),
      ...concern('concern guests with metadata', ofMetadata),
    ],
    problems,
  );
}

function describeRouteWish({ addresses, routes, ...rest }: RouteWish): string {
  return words({ addresses: addresses.map(formatIp), routes: routes.map(formatPrefix), ...rest });
}

function describeRule<W>(
  { label, place, conditions, wish, problems }: Rule<W>,
  describe: (wish: W) => string,
): string {
  const wanted = wish === null ? `not known for line ${places(problems)}` : describe(wish);
  return `[${label}] at line ${place.line}: where ${words(conditions)}: ${wanted}`;
}

function describeScriptConf({ problems, ...rest }: ScriptConf): string {
  return problems.length === 0 ? words(rest) : `not run for line ${places(problems)}; ${words(rest)}`;
}

function places(problems: readonly ConfProblem[]): string {
  return problems.map(({ place }) => place.line).join(', ');
}

function describeBridgeRule({ bridge, place, ...rest }: BridgeRule): string {
  return `[${bridge}] at line ${place.line}: ${words(rest)}`;
}

function lines(things: readonly string[], problems: readonly ConfProblem[]): string {
  return [
    ...things,
    ...problems.map((problem) => `${problem.level === 'error' ? '!' : '?'} ${formatConfProblem(problem)}`),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function words(values: object): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${word(value)}`)
    .join('; ');
}

function word(value: unknown): string {
  if (isPortVlans(value)) return describePortVlans(value);
  return (
    JSON.stringify(value, (_, inner: unknown) => (inner instanceof Set ? [...inner] : inner)) ?? 'undefined'
  );
}

function isPortVlans(value: unknown): value is PortVlans {
  return typeof value === 'object' && value !== null && 'vlans' in value && 'pvid' in value;
}
