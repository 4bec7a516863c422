import { readBridgeInitConf, type BridgeRule } from '../../../lib/conf/bridge_init_conf';
import { formatConfProblem, type ConfProblem } from '../../../lib/conf/conf_problem';
import { readDispatchConf } from '../../../lib/conf/dispatch_conf';
import { readVlanFilteringConf, type PortRule } from '../../../lib/conf/vlan_filtering_conf';
import type { PortVlans } from '../../../lib/types';
import { describePortVlans } from '../../../lib/vlan/port_vlans';

/** How each kind of conf file reads a text: all that it understood, and all that it finds wrong, in lines. */
export const DESCRIBE: Readonly<Record<string, (text: string) => string>> = {
  bridge_init(text) {
    const { rules, problems } = readBridgeInitConf(text, 'bridge_init.conf');
    return lines(rules.map(describeBridgeRule), problems);
  },
  dispatch(text) {
    const conf = readDispatchConf(text, 'dispatch.conf');
    const names = ['vlan_filtering', 'backup', 'no_section'];
    return lines(
      names.map((name) => `${name}: ${words(conf.forScript(name))}`),
      conf.problems,
    );
  },
  vlan_filtering(text) {
    const { rules, problems, metadata } = readVlanFilteringConf(text, 'vlan_filtering.conf');
    return [
      lines([`metadata: ${metadata}`], problems),
      ...rules.map((rule) => lines([describePortRule(rule)], rule.problems)),
    ].join('');
  },
};

function describePortRule({ label, place, conditions, wish }: PortRule): string {
  const wanted = wish === null ? 'not known' : words({ vlans: wish.vlans, ...wish.flags });
  return `[${label}] at line ${place.line}: where ${words(conditions)}: ${wanted}`;
}

function describeBridgeRule({ bridge, place, ...rest }: BridgeRule): string {
  return `[${bridge}] at line ${place.line}: ${words(rest)}`;
}

function lines(things: readonly string[], problems: readonly ConfProblem[]): string {
  return [...things, ...problems.map((problem) => `! ${formatConfProblem(problem)}`)]
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
